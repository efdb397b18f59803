//! What loading a folder found and decided, in numbers and in sentences.

use std::collections::BTreeMap;

use super::background::Background;
use super::decode::Seen;
use super::listing::Listing;
use super::litter::Litter;
use super::parts::Part;

/// What loading a folder found and decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Names of the folders for parts: training, validation, test. Empty if there are only class folders.
    pub parts: Vec<String>,
    /// Names of the classes in the order of their labels, and the number of pictures of each. Pictures for
    /// validation and test do not count if they have their own folders.
    pub classes: Vec<(String, usize)>,
    /// Number of pictures of each format, by its name.
    pub formats: BTreeMap<&'static str, usize>,
    /// Number of files whose name has the ending of another format, or of none.
    pub misnamed: usize,
    /// Number of pictures, of those that are grey, transparent, turned, cut, and that have more frames.
    pub counts: Counts,
    /// Width and height of the picture with the fewest pixels, and of the one with the most.
    pub sizes: [[u32; 2]; 2],
    /// Channels, height and width to which pictures are brought.
    pub shape: [usize; 3],
    /// The background of transparent pictures.
    pub background: Background,
    /// Number of pictures of 16 bits, and the number that is white in them.
    pub deep: Option<(usize, u16)>,
    /// Number of pictures in folders within class folders.
    pub nested: usize,
    /// What was passed over.
    pub litter: Litter,
}

/// Numbers of pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All pictures.
    pub all: usize,
    /// Those without colour.
    pub grey: usize,
    /// Those with transparent pixels.
    pub clear: usize,
    /// Those that are stored in another orientation than they are to be seen.
    pub turned: usize,
    /// Those of which a part is cut off.
    pub cut: usize,
    /// Those with more frames or pages than the first.
    pub more: usize,
}

impl Findings {
    /// Collects what was found. `most` is white in pictures of 16 bits.
    pub(super) fn of(
        listing: &Listing,
        seen: &[Seen],
        shape: [usize; 3],
        background: Background,
        most: u16,
    ) -> Self {
        let count = |is: fn(&Seen) -> bool| seen.iter().filter(|seen| is(seen)).count();
        let mut formats = BTreeMap::new();
        for seen in seen {
            *formats.entry(seen.format.name()).or_default() += 1;
        }
        let mut classes: Vec<(String, usize)> = listing
            .classes
            .iter()
            .map(|name| (name.clone(), 0))
            .collect();
        for &label in &listing.train.labels {
            classes[label].1 += 1;
        }
        let size = |seen: &&Seen| seen.sides.map(u64::from).iter().product::<u64>();
        let (smallest, largest) = (seen.iter().min_by_key(size), seen.iter().max_by_key(size));
        let sides = |seen: Option<&Seen>| seen.map_or([0; 2], |seen| seen.sides);
        let deep = count(|seen| seen.deepest.is_some());
        Self {
            parts: listing.parts.clone(),
            classes,
            formats,
            misnamed: count(|seen| seen.is_misnamed),
            counts: Counts {
                all: seen.len(),
                grey: count(|seen| !seen.is_colour),
                clear: count(|seen| seen.is_clear),
                turned: count(|seen| seen.is_turned),
                cut: count(|seen| seen.is_cut),
                more: count(|seen| seen.has_more),
            },
            sizes: [sides(smallest), sides(largest)],
            shape,
            background,
            deep: (deep > 0).then_some((deep, most)),
            nested: listing.nested,
            litter: listing.litter.clone(),
        }
    }

    /// One sentence for each decision, with the key of the setting that overrides it if there is one. That each folder
    /// is a class is no decision.
    pub fn decisions(&self) -> Vec<(String, Option<&'static str>)> {
        let mut said: Vec<(String, Option<&'static str>)> = vec![
            self.of_part(Part::Train, "Training", None),
            self.of_part(Part::Validation, "Validation", Some("task.validation")),
            self.of_part(Part::Test, "Test", Some("task.test")),
            (self.of_formats(), None),
            (self.of_sizes(), Some("task.side")),
            (self.of_channels(), Some("task.channels")),
        ];
        if let Some((count, most)) = self.deep {
            let bits = most.count_ones();
            let sentence = format!(
                "Pictures of 16 bits, of which the numbers use {bits}, so that {most} is white: {count}."
            );
            said.push((sentence, Some("task.bits")));
        }
        let counts = self.counts;
        let clear = format!("Transparent pictures, put on {}", self.background);
        let litter = format!(
            "Files and folders of programs, passed over, such as {}",
            self.litter
                .names
                .iter()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        );
        let rest = [
            (counts.clear, clear.as_str(), Some("task.background")),
            (
                counts.turned,
                "Pictures turned as their Exif notes say",
                None,
            ),
            (
                counts.more,
                "Files of several frames or pages, of which the first is read",
                None,
            ),
            (
                self.misnamed,
                "Files with the ending of another format, read as what they are",
                None,
            ),
            (
                self.nested,
                "Pictures in folders within a class folder, which belong to the class",
                None,
            ),
            (self.litter.count, litter.as_str(), None),
        ];
        let rest = rest.into_iter().filter(|(count, ..)| *count > 0);
        said.extend(rest.map(|(count, what, setting)| (format!("{what}: {count}."), setting)));
        said
    }

    fn of_part(
        &self,
        part: Part,
        name: &str,
        setting: Option<&'static str>,
    ) -> (String, Option<&'static str>) {
        let folder = self.parts.iter().find(|name| Part::of(name) == Some(part));
        match folder {
            Some(folder) => (
                format!("{name} pictures are those of the folder {folder}."),
                None,
            ),
            None if part == Part::Train => (
                "No folders are called train and test, so that each folder is a class.".to_owned(),
                None,
            ),
            None => {
                let sentence =
                    format!("{name} pictures are held out of the training pictures at random.");
                (sentence, setting)
            }
        }
    }

    fn of_formats(&self) -> String {
        let listed = self.formats.iter().map(|(name, n)| format!("{n} {name}"));
        format!("The files are {}.", listed.collect::<Vec<_>>().join(", "))
    }

    fn of_sizes(&self) -> String {
        let [_, height, width] = self.shape;
        let [[least_across, least_down], [most_across, most_down]] = self.sizes;
        let sizes = match self.sizes[0] == self.sizes[1] {
            true => format!("{most_across}×{most_down}"),
            false => format!("{least_across}×{least_down} to {most_across}×{most_down}"),
        };
        let cut = match self.counts.cut {
            0 => String::new(),
            count => format!("; of {count} the borders are cut off to keep the aspect ratio"),
        };
        if sizes == format!("{width}×{height}") {
            return format!("Pictures have {sizes} pixels.");
        }
        format!("Pictures of {sizes} pixels become {width}×{height}{cut}.")
    }

    fn of_channels(&self) -> String {
        let Counts { all, grey, .. } = self.counts;
        let to = match self.shape[0] {
            1 => "one grey channel",
            _ => "three channels: red, green, blue",
        };
        format!(
            "The pictures get {to}; {grey} are grey and {} coloured.",
            all - grey
        )
    }
}
