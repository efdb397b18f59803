//! Words of two kinds as 0 and 1.

use serde::{Deserialize, Serialize};

/// Words of two kinds as 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boolean {
    /// The word for 0, then that for 1. The case of a field does not matter.
    pub words: [String; 2],
}

impl Boolean {
    /// The encoded word, if it is one of the two.
    pub fn encode(&self, word: &str) -> Option<f64> {
        let same = |side: &String| side.to_lowercase() == word.to_lowercase();
        self.words.iter().position(same).map(|side| side as f64)
    }

    /// The word of any number: the second from 1/2 on.
    pub fn decode(&self, encoded: f64) -> &str {
        &self.words[usize::from(encoded >= 0.5)]
    }
}
