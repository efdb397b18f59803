//! The objectives that settings can name: those of the library, one line each, and those that a program
//! adds.

use std::any::{Any, TypeId, type_name};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock};

use burn::tensor::backend::Backend;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer, ser};
use toml::{Table, Value};

use super::average::Average;
use super::unknown::Unknown;
use super::{Method, Objective, section};
use crate::error::{Error, Result};
use crate::settings::keys;

/// Declares the library's objectives: their readers of settings, and their views as an [`Objective`].
macro_rules! library {
    ($($kind:literal => $settings:ty,)+) => {
        const KINDS: &[(&str, Read)] = &[$(($kind, read::<$settings>),)+ (AVERAGE, read_average)];

        fn of_library<B: Backend>(method: &Arc<dyn Method>) -> Option<Arc<dyn Objective<B>>> {
            $(if let Some(objective) = view::<$settings, B>(method) {
                return Some(objective);
            })+
            None
        }
    };
}

/// The kind of [`Average`], which is not in the list because its members are of any kind.
const AVERAGE: &str = "average";

library! {
    "gradient-matching" => super::GradientMatching,
    "distribution-matching" => super::DistributionMatching,
    "performance-matching" => super::PerformanceMatching,
    "trajectory-matching" => super::TrajectoryMatching,
    "kernel-regression" => super::KernelRegression,
    "kernel-inducing-points" => super::KernelInducingPoints,
    "neighbour-compression" => super::NeighbourCompression,
    "readout-matching" => super::ReadoutMatching,
}

/// Reads the settings of one kind from the section at a path.
type Read = fn(&str, &Table) -> Result<ObjectiveSettings>;

fn read<T: Method + DeserializeOwned>(path: &str, table: &Table) -> Result<ObjectiveSettings> {
    let method = keys::section_of_kind::<T>(path, table)?;
    keys::nested(path, table, &method.settings()?)?;
    Ok(ObjectiveSettings::new(method))
}

fn read_average(path: &str, table: &Table) -> Result<ObjectiveSettings> {
    let read_member = |path: &str, section: &Table| {
        let member = ObjectiveSettings::read_at(path, section)?;
        Ok(member.method)
    };
    Average::read(path, table, read_member).map(ObjectiveSettings::new)
}

fn view<T: Objective<B>, B: Backend>(method: &Arc<dyn Method>) -> Viewed<B> {
    let method: Arc<dyn Any + Send + Sync> = method.clone();
    Some(method.downcast::<T>().ok()?)
}

/// A method as an objective on the backend `B`; `None` if it is of another type.
type Viewed<B> = Option<Arc<dyn Objective<B>>>;

/// Views a method as an objective on the backend `B`.
struct View<B: Backend>(fn(&Arc<dyn Method>) -> Viewed<B>);

/// An objective that a program has added.
struct Added {
    kind: &'static str,
    settings: TypeId,
    read: Read,
    /// A [`View`] for each backend.
    views: Vec<Box<dyn Any + Send + Sync>>,
}

/// The objectives that the program has added, before it reads any settings.
static ADDED: RwLock<Vec<Added>> = RwLock::new(Vec::new());

/// Adds an objective, so that settings can name it on the backend `B`. Its `objective.kind` is the
/// [`Method::kind`] of its default settings. A program calls this when it starts, once for each backend.
///
/// # Errors
/// [`Error::Mismatch`] if another objective has this kind.
pub fn register<T, B>() -> Result<()>
where
    T: Method + DeserializeOwned + Default + Objective<B>,
    B: Backend,
{
    let kind = T::default().kind();
    let view: Box<dyn Any + Send + Sync> = Box::new(View::<B>(view::<T, B>));
    let mut added = ADDED.write().unwrap_or_else(PoisonError::into_inner);
    let settings = TypeId::of::<T>();
    match added.iter_mut().find(|it| it.kind == kind) {
        Some(there) if there.settings == settings => {
            let is_there = |view: &Box<dyn Any + Send + Sync>| view.is::<View<B>>();
            if !there.views.iter().any(is_there) {
                there.views.push(view);
            }
        }
        None if KINDS.iter().all(|(other, _)| *other != kind) => added.push(Added {
            kind,
            settings,
            read: read::<T>,
            views: vec![view],
        }),
        _ => {
            return Err(Error::Mismatch(format!(
                "another objective already has the kind {kind:?}: give {} another kind",
                type_name::<T>()
            )));
        }
    }
    Ok(())
}

/// The reader of a kind's settings. `None` if this program does not have the kind.
fn reader(kind: &str) -> Option<Read> {
    if let Some((_, read)) = KINDS.iter().find(|(name, _)| *name == kind) {
        return Some(*read);
    }
    let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
    added.iter().find(|it| it.kind == kind).map(|it| it.read)
}

/// Whether this program has the kind of a section, and the kinds of its members.
fn is_known(kind: &str, section: &Table) -> bool {
    let members = section.get("members").and_then(Value::as_array);
    let mut kinds = members.into_iter().flatten().filter_map(|member| {
        let member = member.as_table()?;
        Some((member.get("kind")?.as_str()?, member))
    });
    reader(kind).is_some() && kinds.all(|(kind, member)| is_known(kind, member))
}

/// Whether this program has objectives that are not the library's.
pub fn has_own() -> bool {
    let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
    !added.is_empty()
}

/// The settings of an objective of any kind.
#[derive(Debug, Clone)]
pub struct ObjectiveSettings {
    method: Arc<dyn Method>,
}

impl PartialEq for ObjectiveSettings {
    fn eq(&self, other: &Self) -> bool {
        match (self.to_table(), other.to_table()) {
            (Ok(own), Ok(others)) => own == others,
            _ => false,
        }
    }
}

impl Serialize for ObjectiveSettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.to_table().map_err(ser::Error::custom)?.serialize(to)
    }
}

impl ObjectiveSettings {
    /// Wraps the settings of a method.
    pub fn new(method: impl Method) -> Self {
        Self {
            method: Arc::new(method),
        }
    }

    /// The kinds that settings can name.
    pub fn kinds() -> Vec<&'static str> {
        let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
        let library = KINDS.iter().map(|(kind, _)| *kind);
        library.chain(added.iter().map(|it| it.kind)).collect()
    }

    /// Reads and checks the section `objective`.
    ///
    /// # Errors
    /// [`Error::Setting`] if the kind is unknown or a value is not accepted; [`Error::UnknownKey`] if a key
    /// is unknown.
    pub fn read(table: &Table) -> Result<Self> {
        Self::read_at("objective", table)
    }

    /// Reads and checks the section at a path such as `objective.1`.
    ///
    /// # Errors
    /// Those of [`ObjectiveSettings::read`].
    pub fn read_at(path: &str, table: &Table) -> Result<Self> {
        let kind = keys::kind(path, table, &Self::kinds())?;
        match reader(&kind) {
            Some(read) => read(path, table),
            None => Err(Error::setting(
                format!("{path}.kind"),
                kind,
                Self::kinds().join(", "),
            )),
        }
    }

    /// Reads such a section of a stored run. A kind that this program does not have is accepted: it can be
    /// shown, and its set evaluated.
    ///
    /// # Errors
    /// Those of [`ObjectiveSettings::read`] for a kind that this program has.
    pub fn read_stored_at(path: &str, table: &Table) -> Result<Self> {
        match table.get("kind") {
            Some(Value::String(kind)) if !is_known(kind, table) => {
                Ok(Self::new(Unknown::new(kind, table)))
            }
            _ => Self::read_at(path, table),
        }
    }

    /// Returns the settings as a table with their `kind`.
    ///
    /// # Errors
    /// [`Error::Toml`] if TOML cannot hold a value.
    pub fn to_table(&self) -> Result<Table> {
        section(self.method())
    }

    /// The method.
    pub fn method(&self) -> &dyn Method {
        &*self.method
    }

    /// Name of the kind.
    pub fn kind(&self) -> &'static str {
        self.method.kind()
    }

    /// The parts of the set that the method changes.
    pub fn learns(&self) -> BTreeSet<crate::synthetic::Part> {
        self.method.learns()
    }

    /// The settings as the type given to [`ObjectiveSettings::new`], or `None` if they are of another type.
    pub fn downcast_ref<T: Method>(&self) -> Option<&T> {
        let method: &dyn Any = self.method();
        method.downcast_ref()
    }

    /// The method, shared.
    pub fn shared(&self) -> Arc<dyn Method> {
        self.method.clone()
    }

    /// Returns the objective on the backend `B`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it is not of the library and [`register`] was not called for `B`.
    pub fn objective<B: Backend>(&self) -> Result<Arc<dyn Objective<B>>> {
        on_backend(&self.method)
    }
}

/// Returns a method as an objective on the backend `B`.
fn on_backend<B: Backend>(method: &Arc<dyn Method>) -> Result<Arc<dyn Objective<B>>> {
    let shared: Arc<dyn Any + Send + Sync> = method.clone();
    if let Ok(average) = shared.downcast::<Average>() {
        return Ok(Arc::new(average.on(on_backend::<B>)?));
    }
    if let Some(objective) = of_library(method) {
        return Ok(objective);
    }
    let added = ADDED.read().unwrap_or_else(PoisonError::into_inner);
    let views = added.iter().flat_map(|it| &it.views);
    let mut views = views.filter_map(|view| view.downcast_ref::<View<B>>());
    views.find_map(|view| view.0(method)).ok_or_else(|| {
        let kind = method.kind();
        Error::Mismatch(format!(
            "the objective {kind:?} is not registered for the backend {}",
            type_name::<B>()
        ))
    })
}
