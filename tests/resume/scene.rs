//! Small tasks of random numbers, and runs on them that keep every checkpoint.

use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData, backend::Backend};
use retort_core::Result;
use retort_core::distill::{Distiller, Observer, Progress, Provenance, State, checkpoint};
use retort_core::experts::Trajectories;
use retort_core::kernel::Kernels;
use retort_core::network::{AnyNetwork, Weights};
use retort_core::run::Settings;
use retort_core::seed::Seed;
use retort_core::shape::InputShape;
use retort_core::synthetic::{Part, SyntheticSet};
use retort_core::task::{Columns, LinearPart, Normalisation, Resident, Split, Target, Task};

pub const SEED: u64 = 11;

/// Pictures of 1×2×3 in three classes.
pub fn pictures() -> Task {
    let mut parts = [60, 12, 12].into_iter().enumerate().map(|(part, rows)| {
        let mut stream = Seed::new(5).indexed("pictures", part as u64).stream();
        let labels = (0..rows).map(|row| row % 3).collect();
        Split::classes(stream.normal_matrix(rows, 6), labels, 3)
    });
    let mut next = || parts.next().unwrap();
    Task {
        name: "pictures".to_owned(),
        train: next(),
        validation: next(),
        test: next(),
        inputs: InputShape::Picture([1, 2, 3]),
        target: Target::Classes(["a", "b", "c"].map(str::to_owned).to_vec()),
        normalisation: Normalisation::of_inputs(Columns::new(vec![0.1], vec![0.3])),
        linear_part: None,
        subspace: None,
        columns: None,
        inspection: Default::default(),
    }
}

/// Vectors of 5 numbers with one real-valued target, its linear part taken off.
pub fn vectors() -> Task {
    let mut parts = [80, 20, 20].into_iter().enumerate().map(|(part, rows)| {
        let mut stream = Seed::new(6).indexed("vectors", part as u64).stream();
        let inputs = stream.normal_matrix(rows, 5);
        let targets = inputs.map_axis(ndarray::Axis(1), |x| x[0] * x[1] + x[2]);
        Split::values(inputs, targets.insert_axis(ndarray::Axis(1)))
    });
    let mut next = || parts.next().unwrap();
    let (mut train, mut validation, mut test) = (next(), next(), next());
    let linear_part = LinearPart::estimate(&train);
    for split in [&mut train, &mut validation, &mut test] {
        linear_part.subtract(split);
    }
    Task {
        name: "vectors".to_owned(),
        train,
        validation,
        test,
        inputs: InputShape::Vector(5),
        target: Target::Values(vec!["y".to_owned()]),
        normalisation: Normalisation::default(),
        linear_part: Some(linear_part),
        subspace: None,
        columns: None,
        inspection: Default::default(),
    }
}

/// Settings from TOML; the task named in them is not read.
pub fn settings(text: &str) -> Settings {
    let text = format!("task = {{ kind = \"multi-index\" }}\n{text}");
    Settings::read(&text.parse().unwrap()).unwrap()
}

/// One run, ready to start or to go on.
pub struct Run<'a> {
    pub settings: &'a Settings,
    pub task: &'a Task,
}

impl Run<'_> {
    pub fn provenance<B: Kernels>(&self) -> Provenance {
        let device = B::Device::default();
        let interface = self.task.interface();
        let network = self.settings.network.template::<B>(interface, &device);
        let backend = B::name(&device);
        Provenance::new(self.settings, self.task, &*network, &backend, SEED).unwrap()
    }

    /// Runs to the end, from the start or from a state, keeping every checkpoint in a folder.
    pub fn finish<B: Kernels>(&self, from: Option<State<B>>, folder: &Path) -> (State<B>, Keeper) {
        let device = B::Device::default();
        let resident = Resident::<B>::new(self.task, &device);
        let network = self
            .settings
            .network
            .template(self.task.interface(), &device);
        let seed = Seed::new(SEED);
        let walks = Walks(network.as_ref());
        let distiller = Distiller::new(
            self.settings.recipe().unwrap(),
            &resident,
            network.as_ref(),
            &seed,
        );
        let stages = 0..self.settings.objective.len();
        let distiller = stages.fold(distiller, |it, stage| it.with_experts(stage, &walks));
        let from = from.unwrap_or_else(|| distiller.start().unwrap());
        let mut keeper = Keeper {
            provenance: self.provenance::<B>(),
            folder: folder.to_owned(),
            files: Vec::new(),
        };
        let end = distiller.run(from, &mut keeper).unwrap();
        (end, keeper)
    }
}

/// Experts that go straight from a fresh start into a direction drawn for each, for stages that follow
/// any.
#[derive(Debug)]
pub struct Walks<'a, B: Backend>(pub &'a dyn AnyNetwork<B>);

impl<B: Backend> Trajectories<B> for Walks<'_, B> {
    fn weights(&self, expert: usize, epoch: usize) -> Result<Weights<B>> {
        let seed = Seed::new(60).indexed("expert", expert as u64);
        let mut ways = seed.child("way").stream();
        Ok(self.0.fresh(&seed).map(|tensor| {
            let way = TensorData::new(ways.normal(tensor.dims()[0]), tensor.dims());
            let way = Tensor::<B, 1>::from_data(way, &tensor.device());
            tensor + way.mul_scalar(0.1 * epoch as f64)
        }))
    }
}

/// Writes every checkpoint.
pub struct Keeper {
    provenance: Provenance,
    folder: PathBuf,
    pub files: Vec<PathBuf>,
}

impl<B: Backend> Observer<B> for Keeper {
    fn stepped(&mut self, _progress: &Progress) -> Result<()> {
        Ok(())
    }

    fn checkpoint(&mut self, state: &State<B>) -> Result<()> {
        let file = self.folder.join(format!("{}.checkpoint", self.files.len()));
        checkpoint::save(state, &self.provenance, &file)?;
        self.files.push(file);
        Ok(())
    }
}

/// A tensor's bits.
pub fn bits<B: Backend, const D: usize>(tensor: &Tensor<B, D>) -> TensorData {
    tensor.to_data()
}

/// The bits of all parts of a set.
pub fn set_bits<B: Backend>(set: &SyntheticSet<B>) -> Vec<(Part, TensorData)> {
    let parts = set.parts().iter();
    parts.map(|(part, tensor)| (*part, bits(tensor))).collect()
}
