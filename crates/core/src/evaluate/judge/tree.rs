//! Regression trees of several outputs (CART; Breiman, Friedman, Olshen and Stone, 1984).
//!
//! A split minimises the sum of squared deviations from the means of its sides, over all outputs. With
//! one-hot targets that is the Gini criterion, and a leaf's mean has the shares of the classes.

use ndarray::{Array2, ArrayView1, ArrayViewMut1, Axis};

use crate::seed::Stream;

/// The rows that trees are grown on.
pub(super) struct Rows<'a> {
    /// Inputs `[n, features]`.
    pub inputs: &'a Array2<f32>,
    /// Targets `[n, outputs]`.
    pub targets: &'a Array2<f64>,
    /// Number of features, at least 1, that are drawn for a split; more if all drawn ones are constant.
    pub drawn: usize,
}

/// A node, by its place in the tree. The first is the root.
enum Node {
    Split {
        feature: usize,
        threshold: f32,
        /// The children: rows up to the threshold, and rows above it.
        children: [usize; 2],
    },
    Leaf(Vec<f64>),
}

/// A tree whose leaves are pure, or have rows with equal inputs.
pub(super) struct Tree(Vec<Node>);

/// A split of a node: how much it gains, and where it is.
struct Cut {
    gain: f64,
    feature: usize,
    threshold: f32,
}

impl Tree {
    /// Grows a tree on rows with these weights, such as the counts of a bootstrap sample.
    pub fn grow(rows: &Rows<'_>, weights: &[f64], stream: &mut Stream) -> Self {
        let all: Vec<usize> = (0..weights.len())
            .filter(|&row| weights[row] > 0.0)
            .collect();
        let mut nodes = vec![Node::Leaf(Vec::new())];
        let mut open = vec![(0, all)];
        let mut features: Vec<usize> = (0..rows.inputs.ncols()).collect();
        while let Some((place, members)) = open.pop() {
            let total = Sums::of(rows, weights, &members);
            let cut = match total.is_pure(rows, weights, &members) {
                true => None,
                false => best(rows, weights, &members, &total, &mut features, stream),
            };
            let Some(Cut {
                feature, threshold, ..
            }) = cut
            else {
                nodes[place] = Node::Leaf(total.means());
                continue;
            };
            let children = [nodes.len(), nodes.len() + 1];
            nodes[place] = Node::Split {
                feature,
                threshold,
                children,
            };
            let is_low = |row: &usize| rows.inputs[[*row, feature]] <= threshold;
            let (low, high) = members.into_iter().partition(is_low);
            for (child, members) in children.into_iter().zip([low, high]) {
                nodes.push(Node::Leaf(Vec::new()));
                open.push((child, members));
            }
        }
        Self(nodes)
    }

    /// Adds the means of the leaf of a row.
    pub fn add(&self, row: ArrayView1<'_, f32>, mut to: ArrayViewMut1<'_, f64>) {
        let mut place = 0;
        loop {
            match &self.0[place] {
                Node::Split {
                    feature,
                    threshold,
                    children,
                } => place = children[usize::from(row[*feature] > *threshold)],
                Node::Leaf(means) => {
                    to.iter_mut().zip(means).for_each(|(to, mean)| *to += mean);
                    return;
                }
            }
        }
    }
}

/// Weight and weighted targets of some rows.
struct Sums {
    weight: f64,
    targets: Vec<f64>,
}

impl Sums {
    fn of(rows: &Rows<'_>, weights: &[f64], members: &[usize]) -> Self {
        let mut sums = Self {
            weight: 0.0,
            targets: vec![0.0; rows.targets.ncols()],
        };
        members
            .iter()
            .for_each(|&row| sums.add(rows, row, weights[row]));
        sums
    }

    fn add(&mut self, rows: &Rows<'_>, row: usize, weight: f64) {
        self.weight += weight;
        let targets = rows.targets.index_axis(Axis(0), row);
        self.targets
            .iter_mut()
            .zip(targets)
            .for_each(|(sum, target)| *sum += weight * target);
    }

    fn means(self) -> Vec<f64> {
        self.targets.iter().map(|sum| sum / self.weight).collect()
    }

    /// Whether all rows have the same targets.
    fn is_pure(&self, rows: &Rows<'_>, weights: &[f64], members: &[usize]) -> bool {
        let mean = |output: usize| self.targets[output] / self.weight;
        let deviation = |&row: &usize| {
            let targets = rows.targets.index_axis(Axis(0), row);
            let squares = targets
                .iter()
                .enumerate()
                .map(|(at, it)| (it - mean(at)).powi(2));
            weights[row] * squares.sum::<f64>()
        };
        members.iter().map(deviation).sum::<f64>() <= f64::EPSILON * self.weight
    }

    /// The part of the sum of squares that this side explains, where `other` holds the rows of both sides.
    fn explained(&self, of: Option<&Self>) -> f64 {
        let weight = of.map_or(self.weight, |all| all.weight - self.weight);
        let square =
            |(at, sum): (usize, &f64)| of.map_or(*sum, |all| all.targets[at] - sum).powi(2);
        self.targets.iter().enumerate().map(square).sum::<f64>() / weight
    }
}

/// The best split over features drawn without repetition; `None` if all inputs are constant.
fn best(
    rows: &Rows<'_>,
    weights: &[f64],
    members: &[usize],
    total: &Sums,
    features: &mut [usize],
    stream: &mut Stream,
) -> Option<Cut> {
    let mut best: Option<Cut> = None;
    let mut column: Vec<(f32, usize)> = Vec::with_capacity(members.len());
    for drawn in 0..features.len() {
        if drawn >= rows.drawn && best.is_some() {
            break;
        }
        let other = drawn + stream.below(features.len() - drawn);
        features.swap(drawn, other);
        let feature = features[drawn];
        column.clear();
        column.extend(
            members
                .iter()
                .map(|&row| (rows.inputs[[row, feature]], row)),
        );
        column.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut low = Sums {
            weight: 0.0,
            targets: vec![0.0; rows.targets.ncols()],
        };
        for pair in column.windows(2) {
            let [(value, row), (next, _)] = [pair[0], pair[1]];
            low.add(rows, row, weights[row]);
            if value >= next {
                continue;
            }
            let gain = low.explained(None) + low.explained(Some(total));
            if best.as_ref().is_none_or(|best| gain > best.gain) {
                let middle = value + 0.5 * (next - value);
                // Between neighbours in single precision there is no middle.
                let threshold = if middle < next { middle } else { value };
                best = Some(Cut {
                    gain,
                    feature,
                    threshold,
                });
            }
        }
    }
    best
}
