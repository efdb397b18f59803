//! Numbers in fields.

/// Largest size of a number in a table: far within f32, so that no difference of two leaves it.
pub const LARGEST: f64 = 1e30;

/// A field as a number, which may be infinite or NaN; none where it is not written as one.
pub fn parse(field: &str) -> Option<f64> {
    field.parse().ok()
}

/// A field as a finite number, or what is wrong with it.
pub fn finite(field: &str) -> Result<f32, String> {
    match parse(field) {
        Some(value) if value.abs() <= LARGEST => Ok(value as f32),
        Some(_) => Err(format!(
            "`{field}` is not a finite number of size {LARGEST:e} or less"
        )),
        None if field.is_empty() => {
            Err("the field is empty: fill it in or leave the row out".to_owned())
        }
        None => Err(format!("`{}` is not a number", shorten(field))),
    }
}

/// A field cut to what a message can show.
pub fn shorten(field: &str) -> String {
    if field.chars().count() <= 60 {
        return field.to_owned();
    }
    field.chars().take(57).chain("...".chars()).collect()
}
