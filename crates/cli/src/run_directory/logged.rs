//! A line of `metrics.jsonl`: one logged outer step.

use std::io::ErrorKind;
use std::path::Path;

use retort_core::distill::Progress;
use retort_core::synthetic::PointAlignment;
use retort_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// A logged outer step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// Number of outer steps done in all stages.
    pub done: usize,
    /// Number of the stage, from 1.
    pub stage: usize,
    /// The stage's objective.
    pub objective: String,
    /// Number of the outer step within the stage, from 1.
    pub step: usize,
    /// Loss before the step.
    pub loss: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Alignment of the points after the step, if the task knows its principal subspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alignment: Option<PointAlignment>,
}

impl From<&Progress> for Logged {
    fn from(progress: &Progress) -> Self {
        Self {
            done: progress.done,
            stage: progress.stage,
            objective: progress.objective.to_owned(),
            step: progress.step,
            loss: progress.loss,
            learning_rate: progress.learning_rate,
            gradient_norm: progress.gradient_norm,
            alignment: progress.alignment,
        }
    }
}

/// Reads the logged steps in order, and counts the lines that are damaged. A missing file has no lines.
///
/// # Errors
/// [`Error::Data`]: the file exists and cannot be read.
pub fn logged(path: &Path) -> Result<(Vec<Logged>, usize)> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Error::unreadable(path, &error)),
    };
    let (mut steps, mut spoilt) = (Vec::new(), 0);
    for line in bytes.split(|byte| *byte == b'\n').filter(|l| !l.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(step) => steps.push(step),
            Err(_) => spoilt += 1,
        }
    }
    Ok((steps, spoilt))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn steps_are_read_with_and_without_alignment_and_spoilt_lines_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        assert_eq!(logged(&path).unwrap(), (Vec::new(), 0));
        let line = r#""stage":1,"objective":"a","step":1,"loss":0.5,"learning_rate":0.1,"gradient_norm":2.0"#;
        let aligned = r#""alignment":{"points":0.5,"smallest_cosine":0.25}"#;
        let text = format!("{{\"done\":1,{line}}}\n{{\"done\":2,{line},{aligned}}}\n{{\"done\":3,");
        std::fs::write(&path, text).unwrap();
        let (steps, spoilt) = logged(&path).unwrap();
        assert_eq!((steps.len(), spoilt), (2, 1));
        assert_eq!(steps[0].alignment, None);
        let expected = PointAlignment {
            points: 0.5,
            smallest_cosine: 0.25,
        };
        assert_eq!(steps[1].alignment, Some(expected));
        assert!(logged(folder.path()).is_err());
    }
}
