//! The trainings that make up each protocol.

use super::protocol::{Protocol, TrainingLoss};
use crate::augment::Augmentation;
use crate::inner::train::Training;
use crate::inner::{Loss, OptimiserKind, Schedule};

/// Epochs of protocol `standard` on a set, without and with augmentation.
const EPOCHS: [usize; 2] = [300, 1000];

/// Epochs of protocol `standard` on all real data, as in DD-Ranking.
const EPOCHS_OF_ALL: usize = 200;

/// Steps of protocol `quick`.
const QUICK_STEPS: usize = 300;

/// The number of rows that a network is trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    /// The rows of a set, or a selection of real rows.
    Few(usize),
    /// All real rows.
    All(usize),
}

impl Protocol {
    /// The learning rates to choose from.
    pub(super) fn rates(&self) -> &[f64] {
        self.descent()
            .map_or(&[0.01], |descent| &descent.learning_rates)
    }

    /// The loss of the trainings, where `loss` is that of the target.
    pub(super) fn loss(&self, loss: Loss) -> Loss {
        match self.options().map(|options| options.loss) {
            Some(TrainingLoss::SquaredError) => Loss::SquaredError,
            Some(TrainingLoss::ByTarget) | None => loss,
        }
    }

    /// The trainings of a network in sequence. Each starts from the weights of the one before, with new
    /// optimiser moments. Empty if the protocol does not train all weights.
    pub(super) fn trainings<'a>(
        &self,
        amount: Amount,
        learning_rate: f64,
        loss: Loss,
        augmentation: &'a Augmentation,
    ) -> Vec<Training<'a>> {
        let loss = self.loss(loss);
        let [steps, later] = match (self, amount) {
            (Self::FeatureStep(_) | Self::Transfer(_), _) => return Vec::new(),
            (Self::Train { descent, .. }, _) => {
                return vec![Training {
                    steps: descent.steps,
                    batch: descent.batch,
                    optimiser: descent.optimiser,
                    learning_rate,
                    schedule: descent.schedule,
                    momentum: descent.momentum,
                    weight_decay: descent.weight_decay,
                    loss,
                    augmentation,
                }];
            }
            (Self::Quick(_), _) => [QUICK_STEPS / 2; 2],
            (Self::Standard(_), Amount::All(rows)) => [EPOCHS_OF_ALL / 2 * passes(rows); 2],
            // The loop in the field's code makes one pass more than its number of epochs. It lowers the
            // rate two passes after half of them.
            (Self::Standard(_), Amount::Few(rows)) => {
                let epochs = EPOCHS[usize::from(!augmentation.is_none())];
                let [first, second] = [epochs / 2 + 2, epochs / 2 - 1];
                [first * passes(rows), second * passes(rows)]
            }
        };
        let part = |steps, learning_rate| Training {
            steps,
            batch: BATCH,
            optimiser: OptimiserKind::Sgd,
            learning_rate,
            schedule: Schedule::Constant,
            momentum: 0.9,
            weight_decay: 5e-4,
            loss,
            augmentation,
        };
        vec![part(steps, learning_rate), part(later, 0.1 * learning_rate)]
    }
}

/// Rows of a minibatch in protocols `standard` and `quick`.
const BATCH: usize = 256;

/// Number of steps in one pass over `rows` rows.
fn passes(rows: usize) -> usize {
    rows.div_ceil(BATCH)
}

#[cfg(test)]
mod tests {
    use super::super::protocol::TrainingOptions;
    use super::*;
    use crate::augment::{AugmentSettings, NONE, Operation};
    use crate::shape::InputShape;
    use std::collections::BTreeSet;

    fn steps(
        protocol: &Protocol,
        amount: Amount,
        augmentation: &Augmentation,
    ) -> Vec<(usize, f64)> {
        let trainings = protocol.trainings(amount, 0.01, Loss::CrossEntropy, augmentation);
        let pair = |training: &Training<'_>| (training.steps, training.learning_rate);
        trainings.iter().map(pair).collect()
    }

    #[test]
    fn the_standard_protocol_is_that_of_the_literature() -> crate::Result<()> {
        use Amount::{All, Few};
        let options = TrainingOptions::default();
        let (standard, quick) = (Protocol::Standard(options), Protocol::Quick(options));
        let operations = BTreeSet::from([Operation::Flip]);
        let settings = AugmentSettings {
            operations,
            ..AugmentSettings::default()
        };
        let flips = settings.augmentation(InputShape::Picture([1, 8, 8]))?;
        // 301 passes, 152 of them at the full rate; with augmentation 1001 and 502.
        assert_eq!(
            steps(&standard, Few(10), &NONE),
            [(152, 0.01), (149, 0.001)]
        );
        assert_eq!(
            steps(&standard, Few(100), &flips),
            [(502, 0.01), (499, 0.001)]
        );
        // Each pass has two steps.
        assert_eq!(
            steps(&standard, Few(500), &NONE),
            [(304, 0.01), (298, 0.001)]
        );
        assert_eq!(
            steps(&standard, All(1000), &flips),
            [(400, 0.01), (400, 0.001)]
        );
        assert_eq!(steps(&quick, Few(500), &flips), [(150, 0.01), (150, 0.001)]);
        assert_eq!(steps(&Protocol::default(), All(500), &NONE), [(1000, 0.01)]);
        Ok(())
    }
}
