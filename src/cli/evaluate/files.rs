//! Files that an evaluation writes beside its figures: trials, measurements, plots.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::charts::raster;
use crate::charts::svg;
use crate::cli::evaluate::Arguments;
use crate::cli::output::Output;
use crate::evaluation::Evaluation;
use crate::evaluation::measured;
use crate::evaluation::plot;
use crate::evaluation::plot::PIXELS_PER_POINT;
use crate::evaluation::plot::Sample;
use crate::evaluation::trial::Trial;

/// The name of a labelled set: of its folder, and of its file where that is not the usual one.
fn set_name(truth: &Path) -> String {
    let whole = std::path::absolute(truth).unwrap_or_else(|_| truth.to_owned());
    let folder = whole.parent().and_then(Path::file_name);
    let file = whole.file_stem().filter(|stem| *stem != "truth");
    let parts = [folder, file].into_iter().flatten();
    let parts: Vec<String> = parts
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

/// Draws every plot that the set supports, as SVG and PNG; says how many.
fn draw(folder: &Path, sample: &Sample, evaluation: &Evaluation) -> anyhow::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let plots = plot::plots(sample, evaluation);
    for (name, drawing) in &plots {
        std::fs::write(folder.join(format!("{name}.svg")), svg::write(drawing))?;
        let png = raster::png(drawing, PIXELS_PER_POINT);
        std::fs::write(folder.join(format!("{name}.png")), png)?;
    }
    Ok(plots.len())
}

/// Writes the measurements, if they are asked for.
pub(super) fn write_measures(arguments: &Arguments, trials: &[Trial]) -> anyhow::Result<()> {
    let Some(path) = &arguments.measures else {
        return Ok(());
    };
    let write = || -> anyhow::Result<()> {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        Ok(measured::write(&mut file, trials)?)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Writes trials and plots, if they are asked for.
pub(super) fn write_others(
    arguments: &Arguments,
    evaluation: &Evaluation,
    trials: &[Trial],
    output: &mut Output,
) -> anyhow::Result<()> {
    if let Some(path) = &arguments.trials {
        write_trials(path, trials).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(folder) = &arguments.plot {
        let set = set_name(&arguments.truth);
        let drawn = draw(folder, &Sample::of(&set, trials, evaluation), evaluation);
        let drawn = drawn.with_context(|| format!("cannot draw into {}", folder.display()))?;
        if drawn == 0 {
            output
                .warning("nothing to draw: plots need genuine and forged impressions with a score");
        }
    }
    Ok(())
}

fn write_trials(path: &Path, trials: &[Trial]) -> anyhow::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for trial in trials {
        serde_json::to_writer(&mut file, trial)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    Ok(())
}
