//! Writes docs/accuracy.md: draws the report's sets, evaluates them, and fills in the text by hand.
//!
//! `cargo build && cargo run --example accuracy -- --foreign DIR`, in the project's folder. The seeds are
//! stated in [`SETS`]; no tuning and no calibration may use them, and a run stops where one did ([`LOOKED_AT`]). What
//! was drawn before is used again, so that a run that was broken off can go on.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a panic is how a program of one page fails, and its progress is for whoever runs it"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use antin::evaluation::Evaluation;
use antin::evaluation::Group;
use antin::evaluation::calibration;
use antin::evaluation::calibration::Set as MeasuredSet;
use antin::evaluation::calibration::table;
use antin::evaluation::curve;
use antin::evaluation::figures::CONCLUSIONS;
use antin::evaluation::figures::Figures;
use antin::evaluation::measured;
use antin::evaluation::rate::Rate;
use antin::evaluation::trial::Kind;
use antin::evaluation::verification::Figure;
use antin::evaluation::verification::Verification;
use antin::verdict::calibration::Calibration;
use antin::words::Language;
use antin::words::names;
use clap::Parser;

/// The text by hand, with a line `{{name}}` for each set and `{{calibration}}` for what was fitted to.
const TEMPLATE: &str = "docs/accuracy.template.md";
const PAGE: &str = "docs/accuracy.md";

/// A set that is drawn for the report alone.
struct Drawn {
    name: &'static str,
    seed: u64,
    options: &'static [&'static str],
}

const SETS: [Drawn; 5] = [
    Drawn {
        name: "marked",
        seed: 9501,
        options: &[
            "--seals",
            "120",
            "--documents-per-seal",
            "12",
            "--conditions",
            "c300,c200,g300,b300",
            "--forgeries",
            "marked",
        ],
    },
    Drawn {
        name: "shapes",
        seed: 9511,
        options: &[
            "--of",
            "shapes",
            "--seals",
            "32",
            "--documents-per-seal",
            "12",
            "--conditions",
            "c300,c200,g300,b300",
            "--forgeries",
            "marked",
        ],
    },
    Drawn {
        name: "graded",
        seed: 9502,
        options: &["--seals", "30", "--documents-per-seal", "8"],
    },
    Drawn {
        name: "single-axis",
        seed: 9503,
        options: &[
            "--seals",
            "30",
            "--documents-per-seal",
            "6",
            "--forgeries",
            "single-axis",
        ],
    },
    Drawn {
        name: "wear",
        seed: 9504,
        options: &[
            "--of",
            "wear",
            "--seals",
            "20",
            "--documents-per-seal",
            "10",
            "--conditions",
            "c200",
        ],
    },
];

/// What a set's impressions are grouped by.
const ROWS: [&str; 3] = ["condition", "shape", "lines"];

/// Seeds of seals on which bounds were chosen, or that an earlier report showed before more was chosen: none may be reported on again.
const LOOKED_AT: [u64; 46] = [
    3301, 3401, 4411, 5101, 7002, 7101, 7102, 7401, 7801, 8101, 8102, 8120, 8210, 8231, 8801, 9105,
    9109, 9115, 9119, 9139, 9149, 9156, 9171, 9172, 9181, 9182, 9206, 9209, 9377, 9378, 9379, 9401,
    9402, 9403, 9404, 9601, 9602, 11201, 11402, 12201, 15301, 15302, 15303, 15311, 15312, 15313,
];

/// Evaluates drawn sets of seeds that no tuning used, and writes docs/accuracy.md.
#[derive(Parser)]
struct Arguments {
    /// The program.
    #[arg(long, default_value = "target/debug/antin")]
    antin: PathBuf,
    /// Where sets are drawn and figures kept.
    #[arg(long, default_value = "target/accuracy")]
    work: PathBuf,
    /// A labelled set of another generator.
    #[arg(long)]
    foreign: Option<PathBuf>,
    /// Only these sets, by name; the page's other parts stay empty.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

fn main() {
    let arguments = Arguments::parse();
    let mut page = fs::read_to_string(TEMPLATE).unwrap();
    let calibration = Calibration::carried();
    fill(&mut page, "calibration", &calibrated(calibration));
    for set in SETS {
        assert!(
            !calibration.has_seen(set.seed) && !LOOKED_AT.contains(&set.seed),
            "seals of seed {} were looked at before: the report needs others",
            set.seed
        );
        let is_wanted =
            arguments.only.is_empty() || arguments.only.iter().any(|own| own == set.name);
        let part = is_wanted.then(|| {
            let seed = set.seed.to_string();
            let folder = arguments.work.join(set.name);
            let options = [set.options, &["--seed", &seed]].concat();
            if !folder.join("truth.jsonl").exists() {
                run(
                    &arguments.antin,
                    &[&["synth", text(&folder)], options.as_slice()].concat(),
                );
            }
            let command = format!("antin synth DIR {}", options.join(" "));
            let evaluation = evaluate(&arguments, &folder, set.name);
            if let Some(wear) = &evaluation.wear {
                return format!("`{command}`: {}.\n\n", wear.line());
            }
            let aims = (set.name == "marked").then(|| aims(&evaluation));
            let rows = match set.name {
                "shapes" => &["shape", "shape+condition"][..],
                _ => &ROWS,
            };
            part(&evaluation, (&command, rows), aims) + &by_specimens(&arguments, set.name)
        });
        fill(&mut page, set.name, &part.unwrap_or_default());
    }
    let foreign = arguments.foreign.as_ref().map(|folder| {
        let evaluation = evaluate(&arguments, folder, "foreign");
        let aims = foreign_aims(&evaluation);
        part(&evaluation, ("a labelled folder", &ROWS), Some(aims))
            + &by_specimens(&arguments, "foreign")
    });
    fill(&mut page, "foreign", &foreign.unwrap_or_default());
    fs::write(PAGE, page).unwrap();
}

fn fill(page: &mut String, name: &str, part: &str) {
    let line = format!("{{{{{name}}}}}\n");
    assert!(
        page.contains(&line),
        "{TEMPLATE} has no line {{{{{name}}}}}"
    );
    *page = page.replace(&line, part);
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths given here are text")
}

/// Runs the program and gives what it printed; a set with pages that cannot be read is status 3.
fn run(antin: &Path, arguments: &[&str]) -> String {
    eprintln!("antin {}", arguments.join(" "));
    let output = Command::new(antin).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "antin {}: {said}",
        arguments.join(" ")
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The figures of a labelled folder; its measurements are left in the work folder.
fn evaluate(arguments: &Arguments, folder: &Path, name: &str) -> Evaluation {
    fs::create_dir_all(&arguments.work).unwrap();
    let truth = folder.join("truth.jsonl");
    let measures = arguments.work.join(format!("{name}.measures.jsonl"));
    let plots = arguments.work.join(format!("{name}.plots"));
    let printed = run(
        &arguments.antin,
        &[
            "evaluate",
            text(&truth),
            "--json",
            "--by",
            "shape,scan,shape+scan,shape+condition,lines",
            "--measures",
            text(&measures),
            "--plot",
            text(&plots),
        ],
    );
    let evaluation: Evaluation = serde_json::from_str(&printed).unwrap();
    assert!(
        evaluation.seeds_calibrated.is_empty(),
        "{name}: seals of the calibration"
    );
    evaluation
}

/// The sets that the calibration was fitted to.
fn calibrated(calibration: &Calibration) -> String {
    let sets = calibration.sets.iter().map(|set| {
        let source = set
            .seed
            .map_or_else(|| set.name.clone(), |seed| format!("seed {seed}"));
        format!(
            "{source}: {} seals, {} genuine and {} forged impressions",
            set.seals, set.genuine, set.forged
        )
    });
    sets.collect::<Vec<_>>().join("; ") + "\n"
}

/// One set: its command, aims, tables with the groups that are shown, and the sentences below them.
fn part(evaluation: &Evaluation, (command, rows): (&str, &[&str]), aims: Option<String>) -> String {
    let all = &evaluation.all;
    let mut text = format!(
        "`{command}`: {} pages, {} labelled impressions.\n\n",
        all.pages, all.detection.trials
    );
    if let Some(aims) = aims {
        writeln!(text, "{aims}").unwrap();
    }
    text += "| | found | false seals a page | identified | EER without traced dies | FRR at FAR 1 % | Cllr | abstained, normal ink |\n";
    text += "|---|---|---|---|---|---|---|---|\n";
    let groups = evaluation.groups.iter();
    let shown = groups.filter(|group| rows.contains(&group.field.as_str()));
    let rows = shown.map(|group| (format!("{} {}", group.field, group.value), &group.figures));
    for (name, figures) in std::iter::once(("all".to_owned(), all)).chain(rows) {
        let own = &figures.without_traced;
        let far = frr(own, 0);
        writeln!(
            text,
            "| {name} | {} | {} | {} | {}, {} genuine, {} forged | {far} | {} | {} |",
            rate(&figures.detection),
            false_seals(figures),
            rate(&figures.identification),
            percent(&own.eer),
            own.genuine,
            own.forged,
            bits(&own.cllr),
            rate(&figures.abstention_normal_ink),
        )
        .unwrap();
    }
    text.push('\n');
    text + &sentences(evaluation) + &curves(evaluation)
}

/// Detection curves, where the set's forgeries differ in one amount each.
fn curves(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    if !evaluation.curves.is_empty() {
        text += "| one amount | size | called different | different or leaning to it | median log10 LR |\n";
        text += "|---|---|---|---|---|\n";
    }
    for curve in &evaluation.curves {
        let (name, unit) = curve::words(&curve.change);
        for point in &curve.points {
            let (least, most) = point.sizes;
            let median = point.log10_lr_median;
            writeln!(
                text,
                "| {name} | {least:.2} to {most:.2} {unit} | {} | {} | {} |",
                rate(&point.different),
                rate(&point.leaning),
                median.map_or_else(none, |median| format!("{median:.2}"))
            )
            .unwrap();
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn sentences(evaluation: &Evaluation) -> String {
    let all = &evaluation.all;
    let of_field = |field: &'static str| {
        evaluation
            .groups
            .iter()
            .filter(move |group| group.field == field)
    };
    let eer = |group: &Group| {
        let own = &group.figures;
        let which = match group.value.starts_with("traced") {
            true => &own.with_traced,
            false => &own.without_traced,
        };
        format!("{} {}", group.value, percent(&which.eer))
    };
    let forgeries: Vec<String> = of_field("forgery").map(eer).collect();
    let mut text = format!("EER by forgery: {}.\n", forgeries.join("; "));
    text += &told_apart(all, "");
    let poor = of_field("condition").filter(|group| {
        let words = ["poor", "light"];
        words.iter().any(|word| group.value.starts_with(word))
    });
    for group in poor {
        text += &told_apart(&group.figures, &format!(" in {}", group.value));
    }
    let damages: Vec<String> = of_field("deformation")
        .map(|group| {
            format!(
                "{} {}",
                group.value,
                rate(&group.figures.deformed_recognised)
            )
        })
        .collect();
    writeln!(
        text,
        "Deformed dies recognised: {} ({}); sound ones called deformed: {}.",
        rate(&all.deformed_recognised),
        damages.join("; "),
        rate(&all.sound_called_deformed)
    )
    .unwrap();
    let counts = all.without_traced.at_counts.iter().map(|point| {
        format!(
            "{} of {}",
            point.genuine_refused, all.without_traced.genuine
        ) + &format!(" where {} pass", point.forged_accepted)
    });
    let counts: Vec<String> = counts.collect();
    writeln!(text, "Genuine refused: {}.\n", counts.join(", ")).unwrap();
    text
}

/// How genuine, forged and deformed impressions end, and how often damage and another die are taken for each other; `which`
/// of them, where not all.
fn told_apart(figures: &Figures, which: &str) -> String {
    let mut text = String::new();
    for said in &figures.said {
        let word = match said.kind {
            Kind::Genuine => "genuine",
            Kind::Forged => "forged",
            Kind::Deformed => "deformed",
            Kind::Traced | Kind::Copy | Kind::Unregistered | Kind::None => continue,
        };
        let counts = CONCLUSIONS.iter().zip(&said.conclusions);
        let counts = counts.filter(|(_, (_, count))| *count > 0);
        let name = |step| Language::English.word(names::conclusion(step));
        let counts = counts.map(|(step, (_, count))| format!("{count} {}", name(*step)));
        let mut counts: Vec<String> = counts.collect();
        if said.not_compared > 0 {
            counts.push(format!("{} not compared", said.not_compared));
        }
        counts.push(format!("{} missed", said.missed));
        writeln!(
            text,
            "Conclusions on the {} {word} impressions{which}: {}.",
            said.trials,
            counts.join(", ")
        )
        .unwrap();
    }
    let (different, excused) = (
        &figures.deformed_called_different,
        &figures.forged_called_deformed,
    );
    if different.trials + excused.trials > 0 {
        writeln!(
            text,
            "Deformed dies called different{which}: {}; forged ones called deformed, damaged or worn: {}.",
            rate(different),
            rate(excused)
        )
        .unwrap();
    }
    text
}

/// The ratios against one, two and three specimens, by class.
fn by_specimens(arguments: &Arguments, name: &str) -> String {
    let path = arguments.work.join(format!("{name}.measures.jsonl"));
    let file = std::io::BufReader::new(fs::File::open(path).unwrap());
    let set = MeasuredSet {
        name: name.to_owned(),
        lines: measured::read(file).unwrap(),
    };
    let rows = calibration::check(Calibration::carried(), &[set]);
    format!(
        "Each impression against one, two and all specimens of its seal, impressions that were found and could be examined:\n\n{}\n\n",
        table::by_class(&rows)
    )
}

/// The aims on round seals with marked forgeries, each beside its figure.
fn aims(evaluation: &Evaluation) -> String {
    let of = |field: &str, value: &str| {
        let mut groups = evaluation.groups.iter();
        groups
            .find(|group| group.field == field && group.value == value)
            .map(|group| &group.figures)
    };
    let Some(round) = of("shape", "round") else {
        return String::new();
    };
    let own = &round.without_traced;
    let bitonal = of("shape+scan", "round 1-bit");
    let found_bitonal = bitonal.map_or_else(none, |own| rate(&own.detection));
    let width = round
        .width_error_mm
        .map_or_else(none, |width| format!("{:.2}", width.p95));
    let unstretched = round.width_error_unstretched_mm.map(|width| {
        let (median, tail) = (width.median, width.p95);
        format!("{median:+.2}, {tail:.2} (n {})", width.count)
    });
    let mut rows = vec![
        ("found, at least 99 %", rate(&round.detection)),
        ("found on 1-bit scans, at least 97 %", found_bitonal),
        ("false seals a page, at most 0.02", false_seals(round)),
        ("identified, at least 99 %", rate(&round.identification)),
        ("EER without traced dies, at most 2 %", percent(&own.eer)),
        ("FRR at FAR 1 %, at most 5 %", frr(own, 0)),
        ("FRR at FAR 0.1 %", frr(own, 1)),
        ("Cllr, at most 0.12", bits(&own.cllr)),
        (
            "abstained on normal ink, at most 5 %",
            rate(&round.abstention_normal_ink),
        ),
        ("width error mm, 95th percentile, at most 0.15", width),
    ];
    // What the aim means; a set whose lines do not tell of stretch has the row above alone.
    let genuine = "the same of genuine ones, normal ink, on scans without stretch: median with its sign, 95th percentile";
    rows.extend(unstretched.map(|width| (genuine, width)));
    rows.extend([
        (
            "deformed dies recognised, at least 95 %",
            rate(&round.deformed_recognised),
        ),
        (
            "sound dies called deformed, at most 2 %",
            rate(&round.sound_called_deformed),
        ),
    ]);
    table_of(&rows)
}

/// The aims on another generator's set.
fn foreign_aims(evaluation: &Evaluation) -> String {
    let all = &evaluation.all;
    let own = &all.without_traced;
    let refused = own
        .at_counts
        .iter()
        .find(|point| point.forged_accepted == 2);
    let refused = refused.map_or_else(none, |point| {
        format!("{} of {}", point.genuine_refused, own.genuine)
    });
    table_of(&[
        ("found, at least 98 %", rate(&all.detection)),
        ("identified, at least 98 %", rate(&all.identification)),
        (
            "genuine refused where 2 forgeries pass, at most 5 of 85",
            refused,
        ),
        ("FRR at FAR 0.1 %", frr(own, 1)),
        (
            "pasted copies linked, at least 5 of 6",
            rate(&all.copies_linked),
        ),
        ("marks taken for a seal, none", all.false_seals.to_string()),
    ])
}

fn table_of(rows: &[(&str, String)]) -> String {
    let mut text = "| aim | figure |\n|---|---|\n".to_owned();
    for (aim, figure) in rows {
        writeln!(text, "| {aim} | {figure} |").unwrap();
    }
    text
}

fn none() -> String {
    "-".to_owned()
}

fn rate(rate: &Rate) -> String {
    let ends = rate.widest().map_or_else(String::new, |ends| {
        format!(" [{:.1}, {:.1}]", 100.0 * ends.low, 100.0 * ends.high)
    });
    rate.value.map_or_else(none, |value| {
        format!(
            "{:.1} %{ends}, {} of {} / {}",
            100.0 * value,
            rate.hits,
            rate.trials,
            rate.seals
        )
    })
}

fn false_seals(figures: &Figures) -> String {
    figures.false_seals_per_page.map_or_else(none, |share| {
        format!("{share:.3} ({} / {})", figures.false_seals, figures.pages)
    })
}

/// FRR at one of the bounds on FAR: 1 %, then 0.1 %.
fn frr(own: &Verification, bound: usize) -> String {
    let found = own.frr_at_far.get(bound);
    found.map_or_else(none, |(_, figure)| percent(figure))
}

fn percent(figure: &Figure) -> String {
    shown(figure, |value| format!("{:.1}", 100.0 * value), " %")
}

fn bits(figure: &Figure) -> String {
    shown(figure, |value| format!("{value:.3}"), "")
}

fn shown(figure: &Figure, number: impl Fn(f64) -> String, unit: &str) -> String {
    let why = || figure.unsupported.clone().unwrap_or_else(none);
    figure.value.map_or_else(why, |value| {
        let ends = figure.interval.map_or_else(String::new, |ends| {
            format!(" [{}, {}]", number(ends.low), number(ends.high))
        });
        format!("{}{unit}{ends}", number(value))
    })
}
