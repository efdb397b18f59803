//! Lines above a table, and comments: named where they keep it from being read, and taken as rows where they fit.

#![allow(clippy::unwrap_used)]

use super::loaded::load;
use crate::wording::told;

/// Refused as bad input, with a message that names these.
fn refuses(text: &str, settings: &str, named: &[&str]) {
    let error = load(text, settings).unwrap_err();
    assert!(error.is_bad_input(), "{error}");
    let message = told(error);
    for named in named {
        assert!(message.contains(named), "{named}: {message}");
    }
}

/// Rows of two numbers and a class.
fn rows(count: usize, separator: char) -> String {
    let row = |row: usize| {
        let class = ["a", "b"][row % 2];
        let (size, other) = (row * row % 17, row * 7 % 11);
        format!("{size}{separator}{other}{separator}{class}\n")
    };
    (0..count).map(row).collect()
}

#[test]
fn a_title_above_the_table_is_named() {
    let table = format!("size,other,kind\n{}", rows(40, ','));
    let title = ["line 1 ", "`Report of May`"];
    for above in [
        "Report of May\n",
        "Report of May\n\n",
        "Report of May\nby us\n",
        "Report of May\nby us, and others\n\n",
    ] {
        for settings in [
            "",
            "target = \"kind\"",
            "header = true",
            "delimiter = \",\"",
        ] {
            refuses(&format!("{above}{table}"), settings, &title);
        }
    }
    // Without names of columns.
    refuses(&format!("Report of May\n{}", rows(40, ',')), "", &title);
    // Spreadsheets write all separators.
    refuses(
        &format!("Report of May,,\n{table}"),
        "",
        &["line 1 ", "line 2"],
    );
    refuses(
        &format!("Report of May,,\n,,\n{table}"),
        "",
        &["line 1 ", "line 3"],
    );
    // As many fields as a header without a name for the names of rows.
    let named = ["line 1 ", "`Report, May`", "line 2"];
    refuses(&format!("Report, May\n{table}"), "", &named);
    let two = "size,kind\n".to_owned() + &"1,2.5\n2,3.5\n".repeat(9);
    refuses(
        &format!("Report\n{two}"),
        "",
        &["line 1 ", "`Report`", "line 2"],
    );
    // Other separators.
    let table = rows(40, ';').replace(';', ",5;");
    let table = format!("Report, May 2024\nsize;other;kind\n{table}");
    refuses(&table, "", &["line 1 ", "`Report, May 2024`"]);
    let table = format!("Report\nsize other kind\n{}", rows(40, ' '));
    refuses(&table, "", &["line 1 ", "`Report`"]);
}

#[test]
fn comments_are_named() {
    let table = format!("size,other,kind\n{}", rows(40, ','));
    for comment in [
        "# made by us\n",
        "# made by us, in May\n",
        "# made by us; in May\n",
    ] {
        refuses(&format!("{comment}{table}"), "", &["line 1 ", "`#`"]);
        refuses(
            &format!("{comment}# twice\n{table}"),
            "",
            &["line 1 ", "`#`"],
        );
    }
    refuses(
        &format!("# size other kind\n{}", rows(40, ' ')),
        "",
        &["line 1 ", "`#`"],
    );
    refuses(
        &table.replacen("b\n", "b\n# half\n", 1),
        "",
        &["line 4 ", "`#`"],
    );
    let late = format!("size,other,kind\n{}# end\n", rows(300, ','));
    refuses(&late, "", &["line 302", "`#`"]);
}

#[test]
fn first_lines_that_fit_are_no_titles() {
    let first = |text: &str| {
        let task = load(text, "").unwrap();
        let report = &task.inspection;
        (report.columns[0].name.clone(), report.rows)
    };
    let table = format!("#size,other,kind\n{}", rows(40, ','));
    assert_eq!(first(&table), ("#size".to_owned(), 40));
    // Values may begin as comments do.
    let colours = rows(40, ',').replace(",a", ",a,x").replace(",b", ",b,y");
    let colours: String = (colours.lines().zip(["#ff0000", "red"].iter().cycle()))
        .map(|(row, colour)| format!("{colour},{row}\n"))
        .collect();
    let table = format!("colour,size,other,kind,late\n{colours}");
    assert_eq!(first(&table), ("colour".to_owned(), 40));
    // As R writes row names.
    let named: String = (rows(40, ',').lines().zip(0..))
        .map(|(row, place)| format!("r{place},{row}\n"))
        .collect();
    let (_, count) = first(&format!("size,other,kind\n{named}"));
    assert_eq!(count, 40);
    // A first row of a single value.
    let (_, count) = first(&format!("5,,a\n{}", rows(40, ',')));
    assert_eq!(count, 41);
}
