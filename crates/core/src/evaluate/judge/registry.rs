//! The list of judges.

use super::{Boosting, Forest, Judge, Knn, Linear};

/// The judges that `evaluate.judges` can name, in the order of their columns. The judge `network` comes on top: it is
/// the protocol's own training.
pub const JUDGES: &[&dyn Judge] = &[&Knn, &Linear, &Forest, &Boosting];
