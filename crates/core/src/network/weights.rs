//! A network's weights as a vector, separate from the module.
//!
//! The bilevel problem treats weights as a vector θ: it lifts them onto a tape, steps along a gradient,
//! takes products and norms, and keeps many of them. [`Weights`] is that vector, with one flat tensor per
//! parameter. [`Layout`] has the name and shape of each parameter. A module is only a template: [`read`]
//! takes its parameters out, and [`put`] replaces its parameters by tensors and keeps their graph.

use std::sync::Arc;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, backend::Backend};

use super::layout::{Layout, Slot};
use super::mirror::{Known, Mirror};
use crate::numeric::total;
use crate::tape::{Derivatives, Leaf, Tape, lift};

/// The weight vector θ: one flat tensor for each slot of the layout.
#[derive(Debug, Clone)]
pub struct Weights<A: Backend> {
    layout: Arc<Layout>,
    tensors: Vec<Tensor<A, 1>>,
    known: Option<Known>,
}

impl<A: Backend> Weights<A> {
    /// Weights from one flat tensor per slot, in the layout's order.
    pub fn new(layout: Arc<Layout>, tensors: Vec<Tensor<A, 1>>) -> Self {
        debug_assert_eq!(layout.slots().len(), tensors.len());
        Self {
            layout,
            tensors,
            known: None,
        }
    }

    /// The same weights, with this known structure.
    pub(crate) fn known(self, known: Known) -> Self {
        Self {
            known: Some(known),
            ..self
        }
    }

    /// The same weights, without any known structure.
    pub(crate) fn unknown(self) -> Self {
        Self {
            known: None,
            ..self
        }
    }

    /// The mirror of the weights, or `None` if they are not known to be a mirrored start.
    pub(crate) fn mirror(&self) -> Option<Arc<Mirror>> {
        match &self.known {
            Some(Known::Mirrored(mirror)) => Some(mirror.clone()),
            _ => None,
        }
    }

    /// Names and shapes of the parameters.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// The flat tensors, in the layout's order.
    pub fn tensors(&self) -> &[Tensor<A, 1>] {
        &self.tensors
    }

    /// The tensor of one slot as a matrix `[inputs, neurons]`. The columns are the last axis, which belongs
    /// to output neurons; all other axes are merged into rows. A vector is one row.
    pub fn matrix(&self, slot: usize) -> Tensor<A, 2> {
        let shape = &self.layout.slots()[slot].shape;
        let (rows, columns) = match shape.as_slice() {
            [] => (1, 1),
            [rest @ .., columns] => (rest.iter().product(), *columns),
        };
        self.tensors[slot].clone().reshape([rows, columns])
    }

    /// The same weights, with the tensor of one slot replaced.
    pub fn with(mut self, slot: usize, tensor: Tensor<A, 1>) -> Self {
        self.tensors[slot] = tensor;
        self.unknown()
    }

    /// The weights as constants of the next tape, with their known structure.
    pub fn lifted(&self) -> Weights<Tape<A>> {
        Weights {
            known: self.known.clone(),
            ..self.map(lift)
        }
    }

    /// Applies a function to each tensor. The result may be on another backend.
    pub fn map<C: Backend>(&self, f: impl FnMut(Tensor<A, 1>) -> Tensor<C, 1>) -> Weights<C> {
        Weights {
            layout: self.layout.clone(),
            tensors: self.tensors.iter().cloned().map(f).collect(),
            known: None,
        }
    }

    /// Combines two weight vectors tensor by tensor.
    pub fn zip(
        &self,
        other: &Self,
        mut f: impl FnMut(Tensor<A, 1>, Tensor<A, 1>) -> Tensor<A, 1>,
    ) -> Self {
        let pairs = self
            .tensors
            .iter()
            .cloned()
            .zip(other.tensors.iter().cloned());
        Self {
            layout: self.layout.clone(),
            tensors: pairs.map(|(a, b)| f(a, b)).collect(),
            known: None,
        }
    }

    /// θ + factor · other.
    pub fn add_scaled(&self, other: &Self, factor: f64) -> Self {
        self.zip(other, |a, b| a + b.mul_scalar(factor))
    }

    /// θ + other.
    pub fn plus(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    /// θ + other, which consumes both so that the backend can reuse their memory.
    pub fn added(self, other: Self) -> Self {
        let pairs = self.tensors.into_iter().zip(other.tensors);
        Self::new(self.layout, pairs.map(|(a, b)| a + b).collect())
    }

    /// ⟨θ, other⟩ as a tensor `[1]`.
    pub fn dot(&self, other: &Self) -> Tensor<A, 1> {
        let products = self.tensors.iter().zip(&other.tensors);
        sum(products.map(|(a, b)| total::of(a.clone() * b.clone())))
    }

    /// All zeros, in the same layout.
    pub fn zeros_like(&self) -> Self {
        self.map(|tensor| tensor.zeros_like())
    }
}

/// A weight vector on the next tape: some slots are leaves, the others constants.
#[derive(Debug)]
pub struct WeightLeaves<B: Backend> {
    constants: Weights<B>,
    leaves: Vec<Option<Leaf<B, 1>>>,
    unused: Vec<usize>,
}

impl<B: Backend> WeightLeaves<B> {
    /// Puts the weights on the next tape, with these slots as leaves. The derivatives of the `unused` slots
    /// may be missing, see [`super::AnyNetwork::unused`].
    pub fn new(weights: &Weights<B>, slots: &[usize], unused: Vec<usize>) -> Self {
        let tensors = weights.tensors.iter().cloned().enumerate();
        let leaves = tensors.map(|(slot, tensor)| slots.contains(&slot).then(|| Leaf::new(tensor)));
        Self {
            leaves: leaves.collect(),
            constants: weights.clone(),
            unused,
        }
    }

    /// The weights to compute with.
    pub fn tracked(&self) -> Weights<Tape<B>> {
        if self.leaves.iter().all(Option::is_none) {
            return self.constants.lifted();
        }
        let mut leaves = self.leaves.iter();
        self.constants
            .map(|constant| match leaves.next().and_then(Option::as_ref) {
                Some(leaf) => leaf.tracked(),
                None => lift(constant),
            })
    }

    /// Returns the derivatives with respect to the leaves, and zeros for the constants.
    ///
    /// # Panics
    /// If the backward pass did not reach a leaf that is not unused, see [`Derivatives::at`].
    pub fn derivatives(self, derivatives: &Derivatives) -> Weights<B> {
        let mut leaves = self.leaves.into_iter().enumerate();
        let slots = self.constants.layout.slots();
        self.constants.map(|constant| match leaves.next() {
            Some((slot, Some(leaf))) if self.unused.contains(&slot) => derivatives.at_unused(leaf),
            Some((slot, Some(leaf))) => derivatives.at(leaf, &slots[slot].name),
            _ => constant.zeros_like(),
        })
    }
}

/// The sum of tensors `[1]`. There is at least one term, because every network has parameters.
pub fn sum<A: Backend>(terms: impl Iterator<Item = Tensor<A, 1>>) -> Tensor<A, 1> {
    terms
        .reduce(|total, term| total + term)
        .unwrap_or_else(|| Tensor::zeros([1], &Default::default()))
}

/// Takes the parameters out of a module.
pub fn read<A: Backend, M: Module<A>>(module: &M) -> Weights<A> {
    let mut reader = Reader {
        path: Vec::new(),
        slots: Vec::new(),
        tensors: Vec::new(),
    };
    module.visit(&mut reader);
    Weights {
        layout: Arc::new(Layout::new(reader.slots)),
        tensors: reader.tensors,
        known: None,
    }
}

/// Replaces a template's parameters by weights, in the shapes of the weights' layout. The weights keep their
/// graph. Of a matrix that is known to be [V, −V], the template gets V alone, see [`super::layer::Linear`].
pub fn put<A: Backend, M: Module<A>>(template: &M, weights: &Weights<A>) -> M {
    template.clone().map(&mut Writer { weights, next: 0 })
}

struct Reader<A: Backend> {
    path: Vec<String>,
    slots: Vec<Slot>,
    tensors: Vec<Tensor<A, 1>>,
}

impl<A: Backend> ModuleVisitor<A> for Reader<A> {
    fn enter_module(&mut self, name: &str, container: &str) {
        if !is_enum(container) {
            self.path.push(name.to_owned());
        }
    }

    fn exit_module(&mut self, _name: &str, container: &str) {
        if !is_enum(container) {
            self.path.pop();
        }
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<A, D>>) {
        let value = param.val();
        self.slots.push(Slot {
            name: self.path.join("."),
            shape: value.dims().to_vec(),
        });
        self.tensors.push(value.flatten(0, D - 1));
    }
}

/// Whether a container is an enum of modules. A parameter's path omits the enum's variant.
fn is_enum(container: &str) -> bool {
    container.starts_with("Enum:")
}

struct Writer<'a, A: Backend> {
    weights: &'a Weights<A>,
    next: usize,
}

impl<A: Backend> ModuleMapper<A> for Writer<'_, A> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<A, D>>) -> Param<Tensor<A, D>> {
        let (id, _, mapper) = param.consume();
        let shape = self.weights.layout.slots()[self.next].shape.as_slice();
        let shape: [usize; D] = std::array::from_fn(|axis| shape[axis]);
        let mut new = self.weights.tensors[self.next].clone().reshape(shape);
        if self.weights.known == Some(Known::Opposite { slot: self.next }) {
            new = new.narrow(D - 1, 0, shape[D - 1] / 2);
        }
        self.next += 1;
        Param::from_mapped_value(id, new, mapper)
    }
}
