//! All randomness comes from one seed through named child streams, and is drawn on the host.
//!
//! A [`Seed`] is a 256-bit key. [`Seed::child`] derives another key by hashing a name into it. So
//! `seed.child("distill").indexed("step", 17)` is the same key whatever was drawn elsewhere. A
//! checkpoint therefore stores no state of a generator, only the number of steps done, and every
//! backend sees the same numbers. A [`Stream`] is a ChaCha generator that starts from a key.

use ndarray::Array2;
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use sha2::{Digest, Sha256};

/// A 256-bit key from which child keys and streams are derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The root key of a run with this seed.
    pub fn new(seed: u64) -> Self {
        Self([0; 32]).child("retort").indexed("seed", seed)
    }

    /// The child key with this name.
    pub fn child(&self, name: &str) -> Self {
        Self(
            Sha256::new()
                .chain_update(self.0)
                .chain_update(name)
                .finalize()
                .into(),
        )
    }

    /// The child key with this name and number.
    pub fn indexed(&self, name: &str, index: u64) -> Self {
        self.child(&format!("{name}/{index}"))
    }

    /// A generator that starts from this key. Two calls give generators of the same numbers.
    pub fn stream(&self) -> Stream {
        Stream(ChaCha8Rng::from_seed(self.0))
    }

    /// A number of 53 bits from the key: a seed to store if something must be drawn again later.
    pub fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        // Some readers of JSON change integers above 2^53.
        u64::from_le_bytes(bytes) >> 11
    }
}

/// A random number generator on the host, with the few distributions that the library needs.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// `count` numbers from N(0, 1).
    pub fn normal(&mut self, count: usize) -> Vec<f32> {
        (0..count)
            .map(|_| StandardNormal.sample(&mut self.0))
            .collect()
    }

    /// The generator's next 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0.random()
    }

    /// A uniformly distributed point of the unit sphere in `dim` dimensions.
    pub fn direction(&mut self, dim: usize) -> Vec<f32> {
        let mut direction = self.normal(dim);
        let norm = direction.iter().map(|x| x * x).sum::<f32>().sqrt();
        let norm = norm.max(f32::MIN_POSITIVE);
        direction.iter_mut().for_each(|x| *x /= norm);
        direction
    }

    /// A matrix `[rows, columns]` of numbers from N(0, 1).
    pub fn normal_matrix(&mut self, rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut self.0))
    }

    /// `count` numbers from U[−bound, bound).
    pub fn uniform(&mut self, count: usize, bound: f32) -> Vec<f32> {
        (0..count)
            .map(|_| (2.0 * self.0.random::<f32>() - 1.0) * bound)
            .collect()
    }

    /// A number from U[0, 1).
    pub fn unit(&mut self) -> f32 {
        self.0.random()
    }

    /// A whole number from `0..bound`, or 0 if `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            0
        } else {
            self.0.random_range(0..bound)
        }
    }

    /// +1 or −1, each with probability ½.
    pub fn sign(&mut self) -> f32 {
        if self.0.random() { 1.0 } else { -1.0 }
    }

    /// The numbers `0..count` in random order.
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(&mut self.0);
        order
    }

    /// `count` distinct numbers from `0..bound` in random order, or all of them if `count` is larger.
    pub fn sample(&mut self, bound: usize, count: usize) -> Vec<usize> {
        rand::seq::index::sample(&mut self.0, bound, count.min(bound)).into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_depend_on_name_and_parent_only() {
        let root = Seed::new(7);
        let mut stream = root.child("a").stream();
        stream.normal(100);
        assert_eq!(root.child("a"), Seed::new(7).child("a"));
        assert_ne!(root.child("a"), root.child("b"));
        assert_ne!(root.indexed("step", 1), root.indexed("step", 2));
        assert_ne!(Seed::new(7), Seed::new(8));
    }

    #[test]
    fn a_stream_is_the_same_every_time() {
        let seed = Seed::new(3).child("x");
        assert_eq!(seed.stream().normal(5), seed.stream().normal(5));
        assert_eq!(seed.stream().permutation(9), seed.stream().permutation(9));
    }

    #[test]
    fn samples_are_different_numbers() {
        let mut chosen = Seed::new(0).stream().sample(20, 20);
        chosen.sort_unstable();
        assert_eq!(chosen, (0..20).collect::<Vec<_>>());
    }
}
