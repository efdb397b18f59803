//! How many classes targets may have, whatever file they come from.

use super::split::MOST_NUMBERS;

/// Most distinct whole numbers that are taken as classes where no setting says what they are.
pub const FEW: usize = 20;

/// Most classes.
pub const MOST_CLASSES: usize = 1000;

/// Largest count of numbers in one-hot targets per byte of the data; [`ALWAYS`] numbers are accepted anyway.
/// Otherwise short rows with a thousand classes could fill the memory.
const A_BYTE: usize = 16;

/// One-hot targets with this count of numbers are accepted for all data.
const ALWAYS: usize = 1 << 16;

/// The most numbers that one-hot targets of data of this size in bytes may have, if so many rows and classes need
/// more. `None` if they do not.
pub fn exceeded(bytes: usize, rows: usize, classes: usize) -> Option<usize> {
    let most = bytes.saturating_mul(A_BYTE).clamp(ALWAYS, MOST_NUMBERS);
    (rows.saturating_mul(classes) > most).then_some(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hot_targets_are_bounded_by_the_size_of_the_data() {
        assert_eq!(exceeded(1, 1 << 8, 1 << 8), None);
        assert_eq!(exceeded(1, 1 << 8, 1 + (1 << 8)), Some(ALWAYS));
        assert_eq!(exceeded(1 << 20, 1 << 14, 1000), None);
        assert_eq!(exceeded(1 << 20, 1 << 15, 1000), Some(A_BYTE << 20));
        assert_eq!(exceeded(usize::MAX, usize::MAX, 2), Some(MOST_NUMBERS));
    }
}
