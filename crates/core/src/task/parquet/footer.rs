//! The description at the end of a parquet file, checked before the library reads it: it reserves memory for what the
//! description announces, and calls itself for each level of the schema.

use super::thrift::{LIST, STRUCT, Thrift};

/// Deepest nesting of columns.
const DEEPEST: usize = 64;

/// What is wrong with a file, by its description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The description contradicts itself.
    Damaged,
    /// Columns are encrypted.
    Encrypted,
}

/// Checks a description: its structure, and that the schema has as many columns as it announces.
///
/// # Errors
/// What is wrong.
pub fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut encrypted = false;
    let mut schema = None;
    let mut values = Thrift::new(bytes);
    let read = values.fields(|values, number, kind| {
        match (number, kind) {
            (2, LIST) => schema = Some(children(values, bytes.len())?),
            (8, _) => {
                encrypted = true;
                values.skip(kind)?;
            }
            _ => values.skip(kind)?,
        }
        Some(())
    });
    match (read, schema) {
        (Some(()), Some(_)) if encrypted => Err(Fault::Encrypted),
        (Some(()), Some(schema)) if is_tree(&schema) => Ok(()),
        _ => Err(Fault::Damaged),
    }
}

/// The number of children of each element of the schema.
fn children(values: &mut Thrift<&[u8]>, most: usize) -> Option<Vec<i64>> {
    let (length, kind) = values.list()?;
    if kind != STRUCT || length > most as u64 {
        return None;
    }
    let mut schema = Vec::new();
    for _ in 0..length {
        let mut children = 0;
        values.fields(|values, number, kind| {
            match (number, kind) {
                (5, 5) => children = values.integer()?,
                _ => values.skip(kind)?,
            }
            Some(())
        })?;
        schema.push(children);
    }
    Some(schema)
}

/// Whether elements, each before its children, are one tree that is not too deep.
fn is_tree(schema: &[i64]) -> bool {
    // The number of children that are still to come on each level.
    let mut open: Vec<i64> = vec![1];
    let mut rest = schema.len() as i64;
    for &children in schema {
        while open.last() == Some(&0) {
            open.pop();
        }
        let Some(last) = open.last_mut() else {
            return false;
        };
        *last -= 1;
        rest -= 1;
        if children < 0 || children > rest || open.len() > DEEPEST {
            return false;
        }
        open.push(children);
    }
    open.iter().all(|children| *children == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_one_tree() {
        assert!(is_tree(&[2, 0, 0]));
        assert!(is_tree(&[2, 1, 0, 0]));
        assert!(is_tree(&[0]));
        for schema in [
            &[2, 0][..],
            &[1, 0, 0],
            &[],
            &[i64::MAX, 0],
            &[-1],
            &[3, 1, 0, 0],
        ] {
            assert!(!is_tree(schema), "{schema:?}");
        }
        let mut deep = vec![1; 1000];
        deep.push(0);
        assert!(!is_tree(&deep));
    }
}
