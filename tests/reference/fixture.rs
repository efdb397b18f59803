//! Reading the fixtures.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};
use burn_ndarray::NdArray;
use ndarray::Array2;
use retort_core::network::{Layout, Weights};
use retort_core::run::Settings;
use retort_core::shape::{InputShape, Interface};
use retort_core::synthetic::{Part, Parts};
use retort_core::task::{Normalisation, Split, Target, Task};
use safetensors::{Dtype, SafeTensors};

/// The backend that is compared.
pub type Double = NdArray<f64>;

/// Tensors by name, and settings as TOML.
#[derive(Debug)]
pub struct Fixture {
    tensors: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
    settings: toml::Table,
}

impl Fixture {
    /// A case: its own tensors, and those of the context that it does not replace.
    pub fn case(name: &str) -> Self {
        let mut case = Self::read(name);
        for (name, tensor) in Self::read("context").tensors {
            case.tensors.entry(name).or_insert(tensor);
        }
        case
    }

    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/fixtures");
        let bytes = std::fs::read(folder.join(format!("{name}.safetensors"))).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let tensors = file.iter().map(|(name, view)| {
            assert_eq!(view.dtype(), Dtype::F64, "{name}");
            let numbers = view.data().chunks_exact(8);
            let values = numbers.map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()));
            (name.to_owned(), (view.shape().to_vec(), values.collect()))
        });
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let settings = header.metadata().as_ref().unwrap().get("settings");
        Self {
            tensors: tensors.collect(),
            settings: settings.map_or_else(toml::Table::new, |text| text.parse().unwrap()),
        }
    }

    /// Whether there is a tensor of that name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// A tensor's numbers, row by row.
    pub fn numbers(&self, name: &str) -> &[f64] {
        &self.tensors.get(name).expect(name).1
    }

    /// A matrix.
    pub fn matrix(&self, name: &str) -> Tensor<Double, 2> {
        let (shape, values) = self.tensors.get(name).expect(name);
        let data = TensorData::new(values.clone(), shape.clone());
        Tensor::from_data(data, &Default::default())
    }

    /// The tensors whose names begin like that and end with a part's.
    pub fn parts(&self, prefix: &str) -> Parts<Double> {
        let there = |part: Part| {
            let name = format!("{prefix}{}", part.name());
            self.has(&name).then(|| (part, self.matrix(&name)))
        };
        Part::ALL.into_iter().filter_map(there).collect()
    }

    /// The weights whose names begin like that.
    pub fn weights(&self, prefix: &str, layout: &Arc<Layout>) -> Weights<Double> {
        let of_slot = |slot: &retort_core::network::Slot| {
            let name = format!("{prefix}{}", slot.name);
            let (shape, values) = self.tensors.get(&name).expect(&name);
            assert_eq!(*shape, slot.shape, "{name}");
            let data = TensorData::new(values.clone(), [values.len()]);
            Tensor::from_data(data, &Default::default())
        };
        let tensors = layout.slots().iter().map(of_slot).collect();
        Weights::new(layout.clone(), tensors)
    }

    /// The task of the real rows: classes of pictures, or real values of vectors.
    pub fn task(&self) -> Task {
        let [inputs, targets] = ["real.inputs", "real.targets"].map(|name| {
            let (shape, values) = self.tensors.get(name).expect(name);
            let [rows, columns] = shape[..].try_into().unwrap();
            let values = values.iter().map(|&value| value as f32).collect();
            Array2::from_shape_vec((rows, columns), values).unwrap()
        });
        let names = (0..targets.ncols()).map(|column| column.to_string());
        let (shape, target, train) = if self.kind() == "convnet" {
            let picture: Vec<usize> = self
                .numbers("picture")
                .iter()
                .map(|&v| v as usize)
                .collect();
            let is_class = |row: ndarray::ArrayView1<'_, f32>| row.iter().position(|&v| v == 1.0);
            let labels = targets.rows().into_iter().map(|row| is_class(row).unwrap());
            (
                InputShape::Picture(picture[..].try_into().unwrap()),
                Target::Classes(names.collect()),
                Split::classes(inputs, labels.collect(), targets.ncols()),
            )
        } else {
            (
                InputShape::Vector(inputs.ncols()),
                Target::Values(names.collect()),
                Split::values(inputs, targets),
            )
        };
        Task {
            name: "reference".to_owned(),
            validation: train.clone(),
            test: train.clone(),
            train,
            inputs: shape,
            target,
            normalisation: Normalisation::default(),
            linear_part: None,
            subspace: None,
            columns: None,
            inspection: Default::default(),
        }
    }

    /// The settings of a case; they name a task that is not looked at.
    pub fn settings(&self, interface: Interface) -> Settings {
        let mut table = self.settings.clone();
        let task = toml::Table::from_iter([("kind".to_owned(), "digits".into())]);
        table.insert("task".to_owned(), task.into());
        Settings::read_for(&table, interface).unwrap()
    }

    fn kind(&self) -> &str {
        self.settings["network"]["kind"].as_str().unwrap()
    }
}
