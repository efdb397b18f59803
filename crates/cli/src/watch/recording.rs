//! Progress of recording experts: a line when an expert is done, and occasional lines in between.

use std::time::{Duration, Instant};

use indicatif::HumanDuration;
use retort_core::experts::RecordingProgress;

use crate::busy::Busy;
use crate::console::note;

/// Shortest time between two lines within an expert.
const PAUSE: Duration = Duration::from_secs(20);

/// Callback that reports the recording of `missing` files, one per epoch.
pub fn recording(missing: usize) -> impl FnMut(RecordingProgress) {
    note(format_args!("recording experts: {missing} files"));
    let started = Instant::now();
    let (mut said, mut made) = (started, 0_u32);
    let busy = Busy::with("recording experts");
    move |at| {
        made += 1;
        busy.told();
        let done = at.epoch == at.epochs;
        if !done && said.elapsed() < PAUSE {
            return;
        }
        said = Instant::now();
        note(line(
            at,
            started.elapsed().div_f64(f64::from(made)),
            missing.saturating_sub(made as usize),
        ));
    }
}

/// Line of progress, with the time left if an epoch takes `epoch` and at most `left` epochs remain.
fn line(at: RecordingProgress, epoch: Duration, left: usize) -> String {
    let RecordingProgress {
        expert, experts, ..
    } = at;
    let mut line = format!(
        "expert {expert} of {experts}: epoch {} of {}",
        at.epoch, at.epochs
    );
    if left > 0 {
        let left = HumanDuration(epoch.mul_f64(left as f64));
        line += &format!(", {left} left");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_and_how_long() {
        let at = |epoch| RecordingProgress {
            expert: 2,
            experts: 5,
            epoch,
            epochs: 3,
        };
        let epoch = Duration::from_secs(30);
        assert_eq!(
            line(at(1), epoch, 10),
            "expert 2 of 5: epoch 1 of 3, 5 minutes left"
        );
        assert_eq!(line(at(3), epoch, 0), "expert 2 of 5: epoch 3 of 3");
    }
}
