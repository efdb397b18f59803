//! A macro that registers the kinds of a settings section, one line for each.

/// Declares an enum of all kinds of one section, tagged by `kind` in TOML, and methods that dispatch over the
/// kinds. Each kind is one line: its name, and a variant with its settings.
///
/// ```text
/// kinds! {
///     /// A network by its `network.kind`.
///     pub enum NetworkSettings in "network" {
///         "mlp" => Mlp(super::mlp::Mlp),
///     }
///     each(self, settings) { pub fn width(&self) -> usize } => settings.width;
/// }
/// ```
macro_rules! kinds {
    (@enum [$(#[$doc:meta])*] $name:ident $section:literal {
        $($kind:literal => $variant:ident($settings:ty),)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "kind")]
        #[allow(missing_docs, reason = "the settings of each kind are documented on their type")]
        pub enum $name {
            $(#[serde(rename = $kind)] $variant($settings),)+
        }

        impl $name {
            /// The kinds that settings can name.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// Reads this section.
            ///
            /// # Errors
            /// [`Error::Setting`](crate::Error::Setting) or
            /// [`Error::UnknownKey`](crate::Error::UnknownKey) for an unknown kind, an unknown key,
            /// or a value of the wrong type or out of range.
            pub fn read(table: &toml::Table) -> $crate::error::Result<Self> {
                Self::read_at($section, table)
            }

            /// Reads one of several such sections. `path` names it, such as `objective.1`.
            ///
            /// # Errors
            /// Those of [`Self::read`].
            pub fn read_at(path: &str, table: &toml::Table) -> $crate::error::Result<Self> {
                let kind = $crate::settings::keys::kind(path, table, Self::KINDS)?;
                match kind.as_str() {
                    $($kind => $crate::settings::keys::section_of_kind::<$settings>(path, table)
                        .map(Self::$variant),)+
                    _ => Err($crate::error::Error::setting(
                        format!("{path}.kind"), kind, Self::KINDS.join(", "))),
                }
            }

            /// The name of the kind.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)+ }
            }
        }
    };
    (@each $name:ident { $($kind:literal => $variant:ident($settings:ty),)+ }
        $self:ident $each:ident { $($signature:tt)+ } $body:expr) => {
        impl $name {
            $($signature)+ {
                match $self { $(Self::$variant($each) => $body,)+ }
            }
        }
    };
    (
        $(#[$doc:meta])*
        pub enum $name:ident in $section:literal $kinds:tt
        $(each($self:ident, $each:ident) { $($signature:tt)+ } => $body:expr;)+
    ) => {
        $crate::settings::kinds! { @enum [$(#[$doc])*] $name $section $kinds }
        $($crate::settings::kinds! { @each $name $kinds $self $each { $($signature)+ } $body })+
    };
}

pub(crate) use kinds;
