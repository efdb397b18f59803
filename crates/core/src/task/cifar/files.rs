//! Which files CIFAR-10 and CIFAR-100 are made of, in their binary versions.

/// Channels, height and width of a picture.
pub const SHAPE: [usize; 3] = [3, 32, 32];

/// Bytes of a picture's pixels: the red plane, then green, then blue.
pub const PIXELS: usize = SHAPE[0] * SHAPE[1] * SHAPE[2];

/// One of the two data sets.
#[derive(Debug, PartialEq, Eq)]
pub struct DataSet {
    /// What it is called.
    pub title: &'static str,
    /// Number of classes.
    pub classes: usize,
    /// Label bytes before the pixels of a record; the last of them is the class.
    pub labels: usize,
    /// The folder that its archive unpacks to.
    pub folder: &'static str,
    /// Files of training records, in order.
    pub train: &'static [&'static str],
    /// File of test records.
    pub test: &'static str,
    /// File of the classes' names, one a line.
    pub names: &'static str,
}

/// Both.
pub static DATA_SETS: [DataSet; 2] = [
    DataSet {
        title: "CIFAR-10",
        classes: 10,
        labels: 1,
        folder: "cifar-10-batches-bin",
        train: &[
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin",
        ],
        test: "test_batch.bin",
        names: "batches.meta.txt",
    },
    DataSet {
        title: "CIFAR-100",
        classes: 100,
        labels: 2,
        folder: "cifar-100-binary",
        train: &["train.bin"],
        test: "test.bin",
        names: "fine_label_names.txt",
    },
];

impl DataSet {
    /// Those with so many classes; both where none are asked for.
    pub fn with_classes(classes: Option<usize>) -> impl Iterator<Item = &'static Self> {
        let fits =
            move |data_set: &&Self| classes.is_none_or(|classes| classes == data_set.classes);
        DATA_SETS.iter().filter(fits)
    }

    /// Bytes of a record.
    pub fn record(&self) -> usize {
        self.labels + PIXELS
    }

    /// Files of records: those of training records in order, then that of test records.
    pub fn batches(&self) -> impl Iterator<Item = &'static str> {
        self.train.iter().copied().chain([self.test])
    }

    /// The files in words.
    pub fn listed(&self) -> String {
        let batches: Vec<&str> = self.batches().collect();
        format!("{} ({})", self.title, batches.join(", "))
    }
}
