//! Numbers in the fields of a table.

/// Largest absolute value of a number in a table. The difference of two such numbers is far within the range
/// of f32.
pub const LARGEST: f64 = 1e30;

/// A field as a number, which may be infinite or NaN. `None` if the field is not a number.
pub fn parse(field: &str) -> Option<f64> {
    field.parse().ok()
}

/// A field as a finite number, or a message that says what is wrong with it.
pub fn finite(field: &str) -> Result<f32, String> {
    match parse(field) {
        Some(value) if value.abs() <= LARGEST => Ok(value as f32),
        Some(_) => Err(format!(
            "`{field}` is not a finite number from -{LARGEST:e} to {LARGEST:e}"
        )),
        None if field.is_empty() => {
            Err("the field is empty: fill it in or remove the row".to_owned())
        }
        None => Err(format!("`{}` is not a number", shorten(field))),
    }
}

/// A field, shortened to at most 60 characters for a message.
pub fn shorten(field: &str) -> String {
    if field.chars().count() <= 60 {
        return field.to_owned();
    }
    field.chars().take(57).chain("...".chars()).collect()
}
