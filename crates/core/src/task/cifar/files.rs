//! The files of CIFAR-10 and CIFAR-100 in their binary versions.

/// Channels, height and width of a picture.
pub const SHAPE: [usize; 3] = [3, 32, 32];

/// Count of bytes in a picture's pixels: all red values, then green, then blue.
pub const PIXELS: usize = SHAPE[0] * SHAPE[1] * SHAPE[2];

/// One of the two data sets.
#[derive(Debug, PartialEq, Eq)]
pub struct DataSet {
    /// Name of the data set, for messages.
    pub title: &'static str,
    /// Number of classes.
    pub classes: usize,
    /// Number of label bytes before the pixels of a record. The last of them is the class.
    pub labels: usize,
    /// The folder to which its archive unpacks.
    pub folder: &'static str,
    /// Names of the files of training records, in order.
    pub train: &'static [&'static str],
    /// Name of the file of test records.
    pub test: &'static str,
    /// Name of the file with the names of the classes, one per line.
    pub names: &'static str,
}

/// Both data sets.
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

/// Whether this is the name of a file of records.
pub fn is_record_file(name: &str) -> bool {
    DATA_SETS
        .iter()
        .any(|data_set| data_set.batches().any(|batch| batch == name))
}

impl DataSet {
    /// The data set with this number of classes, or both for `None`.
    pub fn with_classes(classes: Option<usize>) -> impl Iterator<Item = &'static Self> {
        let fits =
            move |data_set: &&Self| classes.is_none_or(|classes| classes == data_set.classes);
        DATA_SETS.iter().filter(fits)
    }

    /// Length of a record in bytes.
    pub fn record(&self) -> usize {
        self.labels + PIXELS
    }

    /// Names of the files of records: the training files in order, then the test file.
    pub fn batches(&self) -> impl Iterator<Item = &'static str> {
        self.train.iter().copied().chain([self.test])
    }

    /// The data set and its files, for messages.
    pub fn listed(&self) -> String {
        let batches: Vec<&str> = self.batches().collect();
        format!("{} ({})", self.title, batches.join(", "))
    }
}
