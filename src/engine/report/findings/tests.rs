use super::*;

#[test]
fn another_language_is_told_the_figures_with_units_and_uncertainty() {
    let finding = Finding::warning("seal.damaged", "Against the specimen …")
        .value("chipped_mm2", 3.25)
        .value("chipped_mm2_uncertainty", 0.5);
    let told = told(&finding, Language::Vietnamese);
    assert_eq!(
        told.line(),
        "Con dấu bị hỏng (hình dấu mất ở một chỗ: 3,25 ± 0,5 mm²)"
    );
    let finding = Finding::violation("seal.shape_mismatch", "The impression is …")
        .value("found", "oval")
        .value("registered", "round");
    let told = super::told(&finding, Language::Chinese);
    assert_eq!(
        told.line(),
        "印文形状与备案印章不同 (所见: 椭圆形; 备案: 圆形)"
    );
}

#[test]
fn what_people_wrote_is_quoted_and_what_is_coded_is_put_in_words() {
    let finding = Finding::warning("use.stamped_by_other", "A set the seal, which B keeps.")
        .value("stamped_by", "Lan")
        .value("register", "work")
        .value("used_at", "2024-06-05 16:30");
    let line = |language| told(&finding, language).line();
    assert_eq!(
        line(Language::Chinese),
        "盖章人不是保管人 (盖章人: Lan; 登记簿: 用印登记簿; 用印时间: 2024年6月5日 16:30)"
    );
    assert_eq!(line(Language::English), finding.message);
}

#[test]
fn what_is_lacking_of_an_impression_is_told_in_each_language() {
    let finding = Finding::warning("seal.not_examinable", "Too little …")
        .value("trouble", "not_alignable")
        .value("parts_share", 0.0);
    let line = |language| told(&finding, language).line();
    let vietnamese = line(Language::Vietnamese);
    assert!(
        vietnamese.contains("không chồng khớp được hình dấu") && vietnamese.contains("0 %"),
        "{vietnamese}"
    );
    let chinese = line(Language::Chinese);
    assert!(
        chinese.contains("印文无法与备案印模的图样对齐"),
        "{chinese}"
    );
    let finding = Finding::warning("seal.not_examinable", "Too little …")
        .value("inked_share", 0.28)
        .value("bare_sectors", vec!["upper right", "right"]);
    let vietnamese = told(&finding, Language::Vietnamese).line();
    assert!(
        vietnamese.contains("28 %") && vietnamese.contains("chỗ trống: trên bên phải, phải"),
        "{vietnamese}"
    );
}

#[test]
fn codes_and_figures_of_later_versions_are_shown_by_their_names() {
    let finding = Finding::warning("seal.of_later", "Something.").value("new_mm", 1);
    let told = told(&finding, Language::Vietnamese);
    assert_eq!(told.title, "seal.of_later");
    assert_eq!(told.figures, [("new_mm".to_owned(), "1 mm".to_owned())]);
}

#[test]
fn a_finding_tells_what_it_rests_on() {
    let told = |finding: &Finding| ground(finding, Language::English);
    let basis = Basis {
        instrument: "Decree 1".to_owned(),
        article: "Article 2".to_owned(),
        in_force: "2016-07-01/".to_owned(),
    };
    let cited = Finding::violation("seal.invalid_on_date", "It was lost.").under(Some(basis));
    assert_eq!(
        told(&cited),
        "Decree 1, Article 2, in force since 1 July 2016"
    );
    let of_class = Basis {
        instrument: "国发〔1999〕25号 二".to_owned(),
        article: "class CN-STATE-COUNCIL".to_owned(),
        in_force: "1999-10-31/".to_owned(),
    };
    let off = Finding::remark("seal.off_class", "Seal S1 is …").under(Some(of_class));
    assert_eq!(
        ground(&off, Language::Chinese),
        "国发〔1999〕25号 二, CN-STATE-COUNCIL 类印章, 自 1999年10月31日 起施行"
    );
    let uncited = Finding::violation("seal.invalid_on_date", "It was lost.");
    assert_eq!(told(&uncited), "no clause that was read applies");
    let measured = Finding::warning("seal.undecided", "It does not show it.");
    assert_eq!(told(&measured), "by measurement alone, under no rule");
    let unread = Finding::warning("document.unreadable", "It could not be read.");
    assert_eq!(told(&unread), "");
    assert_eq!(
        ground(&measured, Language::Chinese),
        "仅据测量结果，不依据任何规定"
    );
}

#[test]
fn the_time_in_force_is_told_with_its_open_end() {
    let told = |period| in_force(period, Language::English);
    assert_eq!(told("2016-07-01/"), "in force since 1 July 2016");
    assert_eq!(
        told("2016-07-01/2020-03-04"),
        "in force from 1 July 2016 to 4 March 2020"
    );
    assert_eq!(told("/2020-03-04"), "in force until 4 March 2020");
    assert_eq!(told("then"), "in force then");
}

mod made;
mod unread;
