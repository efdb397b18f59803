//! Types of columns that are nearly something else: dates in other forms, codes, numbers with words among them.

#![allow(clippy::unwrap_used)]

use super::loaded::load;
use crate::task::ColumnReport;
use crate::wording::told;
use std::fmt::Display;

fn fails(text: &str, settings: &str) -> String {
    let error = load(text, settings).unwrap_err();
    assert!(error.is_bad_input());
    told(error)
}

/// Sixty rows: this field of each row, a number, and a class.
fn inputs<T: Display>(field: impl Fn(usize) -> T) -> String {
    let row = |row: usize| {
        let class = ["a", "b", "c"][row % 3];
        format!("\"{}\",{}.5,{class}\n", field(row), row * row % 17)
    };
    format!("p,other,kind\n{}", (0..60).map(row).collect::<String>())
}

/// Sixty rows: two numbers, and this target.
fn targets<T: Display>(target: impl Fn(usize) -> T) -> String {
    let row = |row: usize| format!("{}.5,{}.25,{}\n", row * row % 17, row * 7 % 31, target(row));
    format!("a,b,p\n{}", (0..60).map(row).collect::<String>())
}

/// The report of the first column, and the decisions on it with their settings.
fn found(text: &str, settings: &str) -> (ColumnReport, String) {
    let inspection = load(text, settings).unwrap().inspection;
    let decisions = inspection.decisions.iter();
    let said: Vec<String> = decisions
        .filter(|decision| decision.text.contains("column `p`"))
        .map(|decision| {
            let setting = decision.setting.as_deref().unwrap_or_default();
            format!("{} ({setting})", decision.text)
        })
        .collect();
    (inspection.columns[0].clone(), said.join("\n"))
}

#[test]
fn a_word_among_numbers_to_predict_has_remedies_that_help() {
    let odd = |row: usize| match row {
        7 => "oops".to_owned(),
        _ => format!("{}.5", row * 3),
    };
    for settings in ["", "types = { p = \"category\" }"] {
        let message = fails(&targets(odd), settings);
        assert!(
            message.contains("line 9: column 2 (`p`): `oops`"),
            "{message}"
        );
        assert!(message.contains("59 of 60"), "{message}");
        assert!(message.contains("task.target"), "{message}");
        assert!(!message.contains("task.types"), "{message}");
    }
    let without = targets(odd).replacen("oops", "21", 1);
    assert!(load(&without, "").is_ok());
    // Values that come again can be classes.
    let again = |row: usize| match row {
        7 => "oops".to_owned(),
        _ => (row % 25).to_string(),
    };
    let message = fails(&targets(again), "");
    assert!(
        message.contains("task.problem = \"classification\""),
        "{message}"
    );
    let task = load(&targets(again), "problem = \"classification\"").unwrap();
    assert_eq!(task.target.class_names().len(), 26);
}

#[test]
fn dates_in_other_forms_are_read() {
    let months = [
        "jan", "Feb", "MAR", "April", "may", "Jun", "July", "Aug", "Sept", "Oct", "Nov", "Dec",
    ];
    let day = |row: usize| row % 28 + 1;
    let month = |row: usize| row % 12;
    type Form<'a> = &'a dyn Fn(usize) -> String;
    let forms: [Form<'_>; 8] = [
        &|row| {
            format!(
                "{}/{}/2024 {}:08:05 PM",
                month(row) + 1,
                day(row),
                row % 12 + 1
            )
        },
        &|row| format!("{:02}-{}-2024", day(row), months[month(row)]),
        &|row| format!("{} {}, 2024", months[month(row)], day(row)),
        &|row| format!("{} {} 2024", day(row), months[month(row)]),
        &|row| format!("{}. {}. 2024", day(row), month(row) + 1),
        &|row| format!("{}/{}/24", day(row), month(row) + 1),
        &|row| format!("2024-{:02}", month(row) + 1),
        // Two forms in one column.
        &|row| match row % 2 {
            0 => format!("2024-{:02}-{:02}", month(row) + 1, day(row)),
            _ => format!("{:02}/{:02}/2024", day(row), month(row) + 1),
        },
    ];
    for form in forms {
        let text = inputs(form);
        let (report, _) = found(&text, "");
        assert_eq!(report.kind, "date", "{}", form(0));
        assert_eq!(report.role, "input");
        let [first, last] = report.dates.unwrap();
        assert!(first.starts_with("2024-01-"), "{first}");
        assert!(last.starts_with("2024-12-"), "{last}");
    }
    let (report, _) = found(
        &inputs(|row| format!("{}/3/{}", day(row), [68, 69][row % 2])),
        "",
    );
    assert_eq!(report.dates.unwrap(), ["1969-03-02", "2068-03-27"]);
}

#[test]
fn a_field_that_is_no_date_among_dates_is_told_with_remedies_that_help() {
    let with = |odd: &'static str| {
        move |row: usize| match row {
            3 => odd.to_owned(),
            _ => format!("2023-02-{:02}", row % 28 + 1),
        }
    };
    for odd in ["1993-02-30", "soon"] {
        let message = fails(&inputs(with(odd)), "");
        assert!(message.contains("line 5: column 0 (`p`)"), "{message}");
        assert!(message.contains(&format!("`{odd}`")), "{message}");
        assert!(message.contains("59 of 60"), "{message}");
        for kind in ["category", "ignore"] {
            let setting = format!("task.types.p = {kind:?}");
            assert!(message.contains(&setting), "{message}");
            let settings = format!("types = {{ p = {kind:?} }}");
            assert!(load(&inputs(with(odd)), &settings).is_ok());
        }
    }
    assert_eq!(found(&inputs(with("")), "").0.kind, "date");
    let message = fails(&targets(with("1993-02-30")), "");
    assert!(message.contains("line 5: column 2 (`p`)"), "{message}");
    // Two orders in one column.
    let orders = |row: usize| match row % 2 {
        0 => format!("{}/03/2024", row % 16 + 13),
        _ => format!("03/{}/2024", row % 16 + 13),
    };
    let timed = |row: usize| format!("{} 10:0{}", orders(row), row % 10);
    let (report, _) = found(&inputs(timed), "");
    let why = told(report.why.unwrap());
    assert!(why.contains("line 2") && why.contains("line 3"), "{why}");
}

#[test]
fn dates_that_come_again_are_no_categories_without_a_word() {
    for fields in [
        ["25/03/2024", "03/25/2024", "13/02/2024", "02/14/2024"],
        ["2024-01-05", "2023-02-30", "2024-01-06", "2024-01-07"],
    ] {
        let (report, said) = found(&inputs(|row| fields[row % 4]), "");
        assert_eq!(report.role, "left out");
        assert!(report.why.unwrap().contains(fields[1]));
        assert!(said.contains("task.types.p = \"category\""), "{said}");
        let asked = found(
            &inputs(|row| fields[row % 4]),
            "types = { p = \"category\" }",
        )
        .0;
        assert_eq!(asked.role, "input");
    }
}

#[test]
fn numbers_with_words_among_them_are_left_out_with_the_true_reason() {
    let some = |row: usize| match row % 8 {
        1 => "missing".to_owned(),
        _ => format!("{}.5", row * 3),
    };
    let (report, said) = found(&inputs(some), "");
    let (why, said) = (report.why.unwrap(), told(said));
    assert!(
        why.contains("52 of 60") && why.contains("`missing` at line 3"),
        "{why}"
    );
    assert!(said.contains("task.types.p = \"category\""), "{said}");
    let emptied = found(&inputs(|row| some(row).replace("missing", "")), "").0;
    assert_eq!((emptied.kind.as_str(), emptied.missing), ("number", 8));
    type Form<'a> = &'a dyn Fn(usize) -> String;
    let forms: [Form<'_>; 5] = [
        &|row| format!("({row}.50)"),
        &|row| format!("{row}.50-"),
        &|row| format!("{row}.2D+03"),
        &|row| format!("<{row}.1"),
        &|row| format!("{row}.1 ± 0.1"),
    ];
    for form in forms {
        let why = told(found(&inputs(form), "").0.why.unwrap());
        let shown = format!("`{}` at line 2", form(0));
        assert!(why.contains("60 of 60") && why.contains(&shown), "{why}");
    }
}

#[test]
fn digits_of_equal_length_with_a_zero_before_them_are_codes() {
    let classes = targets(|row| format!("00{}", row % 3));
    let task = load(&classes, "").unwrap();
    assert_eq!(task.target.class_names(), ["000", "001", "002"]);
    let numbers = load(&classes, "types = { p = \"number\" }").unwrap();
    assert_eq!(numbers.target.class_names(), ["0", "1", "2"]);
    let message = fails(&classes, "problem = \"regression\"");
    assert!(message.contains("task.types.p = \"number\""), "{message}");
    let both = "problem = \"regression\"\ntypes = { p = \"number\" }";
    assert!(load(&classes, both).is_ok());
    let many = targets(|row| format!("0{}", 100 + row));
    let message = fails(&many, "");
    assert!(message.contains("task.types.p = \"number\""), "{message}");

    let zips = inputs(|row| ["00540", "95651", "15147"][row * row % 7 % 3]);
    let (report, said) = found(&zips, "");
    let said = told(said);
    assert_eq!(report.kind, "category");
    let names: Vec<&str> = report
        .categories
        .iter()
        .map(|count| count.name.as_str())
        .collect();
    assert!(names.contains(&"00540"), "{names:?}");
    assert!(said.contains("task.types.p = \"number\""), "{said}");
    let schema = load(&zips, "").unwrap().columns.unwrap();
    let json = serde_json::to_string(&schema).unwrap();
    assert!(json.contains("\"00540\""), "{json}");
    assert_eq!(found(&zips, "types = { p = \"number\" }").0.kind, "number");
    // Of several lengths they are numbers.
    assert_eq!(
        found(&inputs(|row| format!("0{}", row * 3)), "").0.kind,
        "number"
    );
}

#[test]
fn numbers_in_a_row_are_row_numbers_wherever_they_begin() {
    let (report, said) = found(&inputs(|row| 1000 + row), "");
    let said = told(said);
    assert_eq!(report.role, "left out");
    assert!(said.contains("task.types.p = \"number\""), "{said}");
    let years = inputs(|row| 1950 + row).replacen('p', "year", 1);
    assert_eq!(found(&years, "").0.role, "input");
    let rule = |text: &str| told(load(text, "").unwrap().inspection.target.rule);
    let numbered = rule(&targets(|row| 500 + row));
    assert!(numbered.contains("task.target"), "{numbered}");
    assert!(!rule(&targets(|row| row * row)).contains("task.target"));
}

#[test]
fn equal_values_are_said_and_stay_what_they_are() {
    let (report, said) = found(&inputs(|_| "5.1"), "");
    let said = told(said);
    assert_eq!(report.role, "input");
    assert!(said.contains("`p` (always 5.1)"), "{said}");
    let schema = load(&inputs(|_| "5.1"), "").unwrap().columns.unwrap();
    let mut points = ndarray::Array2::from_elem((1, schema.width()), 0.3_f32);
    assert_eq!(
        schema.decode(points.mapv(f64::from).view())[0][0].text(),
        "5.1"
    );
    points = schema.project(&points).unwrap();
    assert_eq!(points[[0, 0]], 0.0);
    let same = "p,q,kind\n".to_owned() + &"5,x,a\n5,x,b\n".repeat(30);
    for settings in ["", "types = { p = \"number\" }"] {
        let message = fails(&same, settings);
        assert!(message.contains("task.target"), "{message}");
    }
    let message = fails(&targets(|_| "3.5"), "");
    assert!(
        message.contains("column 2 (`p`)") && message.contains("3.5"),
        "{message}"
    );
}
