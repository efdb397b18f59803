//! Progress on standard error. On a terminal it is a bar with rate, remaining time and current loss;
//! otherwise about ten plain lines per stage, and more if steps are slow.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use burn::tensor::backend::Backend;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use retort_core::Result;
use retort_core::distill::{Observer, Progress, State};

use crate::busy::{Busy, Silence};
use crate::console::note;

/// Number of plain lines per stage.
const LINES: usize = 10;
/// How often a bar updates its time within a step.
const TICK: Duration = Duration::from_secs(1);
const TEMPLATE: &str =
    "{prefix} [{bar:24}] {pos}/{len}, {msg}, {per_sec:.dim}, {eta} left, {elapsed} gone";

/// Observer that shows the progress of a run with this number of stages.
pub fn progress<B: Backend>(stages: usize) -> Box<dyn Observer<B>> {
    let first = Busy::with("the first step");
    if stderr().is_terminal() {
        Box::new(Bar {
            stages,
            bar: None,
            first: Some(first),
        })
    } else {
        Box::new(Lines {
            stages,
            stage: 0,
            started: Instant::now(),
            steps: 0,
            silence: Silence::begun(),
            busy: first,
        })
    }
}

fn title(stages: usize, progress: &Progress) -> String {
    let Progress {
        stage, objective, ..
    } = progress;
    format!("stage {stage}/{stages} {objective}")
}

/// Observer that shows a bar for each stage.
struct Bar {
    stages: usize,
    bar: Option<(usize, ProgressBar)>,
    /// Lines of progress during the first step. From then on the bar shows the time.
    first: Option<Busy>,
}

impl<B: Backend> Observer<B> for Bar {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        self.first = None;
        let current = self.bar.take();
        let (_, bar) = self.bar.insert(match current {
            Some((stage, bar)) if stage == progress.stage => (stage, bar),
            _ => (progress.stage, bar(self.stages, progress)),
        });
        bar.set_message(format!("loss {:.4e}", progress.loss));
        bar.set_position(progress.step as u64);
        if progress.step == progress.steps {
            bar.finish();
        }
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        Ok(())
    }
}

/// A bar that starts at the current step of the run.
fn bar(stages: usize, progress: &Progress) -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(progress.steps as u64)
        .with_style(style)
        .with_prefix(title(stages, progress))
        .with_position(progress.step.saturating_sub(1) as u64);
    bar.reset_eta();
    bar.enable_steady_tick(TICK);
    bar
}

/// Observer that prints occasional lines.
struct Lines {
    stages: usize,
    /// Number of the stage that is timed; 0 before the first.
    stage: usize,
    /// End of the first step of this stage, from which the rate is measured.
    started: Instant,
    /// Number of steps since `started`.
    steps: usize,
    /// Time since the last line.
    silence: Silence,
    /// Lines of progress during the current step.
    busy: Busy,
}

impl<B: Backend> Observer<B> for Lines {
    fn stepped(&mut self, progress: &Progress) -> Result<()> {
        if progress.stage != self.stage {
            self.stage = progress.stage;
            self.started = Instant::now();
            self.steps = 0;
        } else {
            self.steps += 1;
        }
        if is_due(progress.step, progress.steps) || self.silence.left().is_zero() {
            let seconds = self.started.elapsed().as_secs_f64().max(1e-9);
            note(line(self.stages, progress, self.steps as f64 / seconds));
            self.silence.broken();
        }
        let Progress { done, total, .. } = progress;
        self.busy.on_with(format!("after {done} of {total} steps"));
        Ok(())
    }

    fn checkpoint(&mut self, _state: &State<B>) -> Result<()> {
        Ok(())
    }
}

/// Whether this step completes another tenth of its stage.
fn is_due(step: usize, steps: usize) -> bool {
    let tenth = |step: usize| step * LINES / steps.max(1);
    tenth(step) > tenth(step.saturating_sub(1))
}

fn line(stages: usize, progress: &Progress, rate: f64) -> String {
    let Progress {
        step, steps, loss, ..
    } = progress;
    let title = title(stages, progress);
    let mut line = format!("{title}: step {step}/{steps}, loss {loss:.4e}");
    // The first step warms up, so its time says nothing about the others.
    if rate > 0.0 {
        let left = Duration::from_secs_f64((steps - step) as f64 / rate);
        line += &format!(", {rate:.1} steps/s, {} left", HumanDuration(left));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_has_at_most_ten_lines_and_ends_with_one() {
        for steps in [1, 3, 10, 15, 800] {
            let due: Vec<usize> = (1..=steps).filter(|&step| is_due(step, steps)).collect();
            assert_eq!(due.len(), steps.min(LINES));
            assert_eq!(due.last(), Some(&steps));
        }
    }

    #[test]
    fn a_line_names_stage_step_loss_and_rate() {
        let progress = Progress {
            stage: 1,
            objective: "gradient-matching",
            step: 50,
            steps: 150,
            done: 50,
            total: 950,
            loss: 0.125,
            learning_rate: 0.02,
            gradient_norm: 1.0,
            alignment: None,
            log: true,
        };
        assert_eq!(
            line(2, &progress, 25.0),
            "stage 1/2 gradient-matching: step 50/150, loss 1.2500e-1, 25.0 steps/s, 4 seconds left"
        );
    }
}
