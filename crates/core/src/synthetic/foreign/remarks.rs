//! What a set has that its task cannot tell, or lacks: one sentence for each.

use crate::task::{Cell, ColumnSchema, Target, Unseen};

use super::set::Foreign;

/// Most names in a sentence.
const SHOWN: usize = 10;

/// Sentences about the fields of an input column that no training row had.
pub fn of_column(column: &ColumnSchema, cells: &[Cell]) -> Vec<String> {
    let of = |unseen: Unseen| {
        let cells = cells.iter();
        cells.filter(move |cell| column.unseen((*cell).into()) == Some(unseen))
    };
    let name = &column.name;
    let mut said = Vec::new();
    if let Some(first) = of(Unseen::Word).next() {
        let count = of(Unseen::Word).count();
        let word: String = first.text().chars().take(60).collect();
        said.push(format!(
            "column `{name}`: {} a category that no training row has, such as `{word}`: it counts as none of the \
             task's",
            points(count)
        ));
    }
    match of(Unseen::Missing).count() {
        0 => {}
        count => said.push(format!(
            "column `{name}`: {} no value, but every training row has one: {}",
            points(count),
            match column.imputed {
                Some(_) => "the usual one of these is taken",
                None => "it counts as none of the task's",
            }
        )),
    }
    said
}

/// A sentence about the arrays of an archive that are not read.
pub fn of_arrays(left_out: &[&String]) -> Option<String> {
    let names: Vec<String> = left_out.iter().map(|name| format!("{name:?}")).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = names[..names.len().min(SHOWN)].join(", ");
    (!names.is_empty()).then(|| format!("arrays that are left out: {shown}{more}"))
}

/// A sentence about the classes of the task that no point has.
pub fn of_classes(set: &Foreign) -> Option<String> {
    let Target::Classes(names) = &set.raw.target else {
        return None;
    };
    let classes = set.raw.classes();
    let absent = (0..names.len()).filter(|class| !classes.contains(class));
    let absent: Vec<String> = absent.map(|class| format!("{:?}", names[class])).collect();
    let more = match absent.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = absent[..absent.len().min(SHOWN)].join(", ");
    (!absent.is_empty()).then(|| format!("no point has the class {shown}{more}"))
}

/// A sentence about pictures of another size than the task's: how many are resized, and how many cut.
pub fn of_sizes([_, height, width]: [usize; 3], [all, resized, cut]: [usize; 3]) -> Option<String> {
    let are = if resized == 1 {
        "picture is"
    } else {
        "pictures are"
    };
    (resized > 0).then(|| {
        format!(
            "{resized} of {all} {are} resized to the task's {width}×{height} pixels, and of {cut} the borders are cut off"
        )
    })
}

fn points(count: usize) -> String {
    match count {
        1 => "1 point has".to_owned(),
        _ => format!("{count} points have"),
    }
}
