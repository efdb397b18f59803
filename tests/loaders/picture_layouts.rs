//! Where pictures lie: parts, classes matched by name, folders in folders, links.

use std::fs;
use std::path::Path;

use image::{Luma, Rgb, RgbImage};
use retort_core::Error;
use retort_core::seed::Seed;
use retort_core::task::{Folder, PictureFindings, Task};
use tempfile::TempDir;

use crate::assert_sound;
use crate::wording::told;

/// Pictures of these grey levels in a folder, with names from their levels.
fn pictures(folder: &Path, levels: impl IntoIterator<Item = u8>) {
    fs::create_dir_all(folder).unwrap();
    for level in levels {
        let picture = RgbImage::from_pixel(3, 3, Rgb([level; 3]));
        picture.save(folder.join(format!("{level}.png"))).unwrap();
    }
}

fn load(path: &Path) -> retort_core::Result<(Task, PictureFindings)> {
    let settings = Folder {
        path: path.to_owned(),
        side: Some(2),
        normalise: false,
        ..Folder::default()
    };
    settings.load_found(&Seed::new(0))
}

fn loaded(path: &Path) -> (Task, PictureFindings) {
    let (task, found) = load(path).unwrap();
    assert_sound(&task);
    (task, found)
}

fn refused(path: &Path, place: &Path) -> String {
    let error = load(path).unwrap_err();
    assert!(
        matches!(&error, Error::Data { path, .. } if path == place),
        "{error}"
    );
    told(error)
}

/// The grey level of each picture of a part, with its class.
fn levels(part: &retort_core::task::Split) -> Vec<(usize, u8)> {
    let level = |row: ndarray::ArrayView1<'_, f32>| (row[0] * 255.0).round() as u8;
    let levels = part.inputs.rows().into_iter().map(level);
    part.labels.iter().copied().zip(levels).collect()
}

fn parts(names: [&str; 3]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, from) in names.iter().zip([0, 100, 200]) {
        if !name.is_empty() {
            pictures(&folder.path().join(name).join("ant"), from..from + 4);
            pictures(&folder.path().join(name).join("bee"), from + 10..from + 14);
        }
    }
    folder
}

#[test]
fn validation_pictures_come_from_their_own_folder() {
    for names in [
        ["train", "val", "test"],
        ["TRAIN", "Validation", "Test"],
        ["Training", "VALID", "testing"],
    ] {
        let folder = parts(names);
        let (task, found) = loaded(folder.path());
        assert_eq!(found.parts, names);
        let part = |from: u8| {
            let ant = (from..from + 4).map(|level| (0, level));
            ant.chain((from + 10..from + 14).map(|level| (1, level)))
                .collect::<Vec<_>>()
        };
        assert_eq!(levels(&task.train), part(0));
        assert_eq!(levels(&task.validation), part(100));
        assert_eq!(levels(&task.test), part(200));
    }
}

#[test]
fn a_part_without_a_folder_is_held_out() {
    let folder = parts(["train", "val", ""]);
    let (task, _) = loaded(folder.path());
    assert_eq!(task.validation.len(), 8);
    assert_eq!((task.train.len(), task.test.len()), (6, 2));
    let folder = parts(["train", "", ""]);
    let (task, _) = loaded(folder.path());
    assert_eq!(
        task.train.len() + task.validation.len() + task.test.len(),
        8
    );
    let folder = parts(["", "val", "test"]);
    refused(folder.path(), folder.path());
    // The test pictures without classes of a competition.
    let folder = parts(["train", "", ""]);
    pictures(&folder.path().join("test"), 0..3);
    refused(folder.path(), &folder.path().join("test/0.png"));
}

#[test]
fn classes_of_other_parts_are_matched_by_name() {
    let folder = parts(["train", "", "test"]);
    let test = folder.path().join("test");
    fs::rename(test.join("ant"), test.join("Bee_")).unwrap();
    fs::rename(test.join("bee"), test.join("Ant")).unwrap();
    fs::rename(test.join("Bee_"), test.join("BEE")).unwrap();
    let (task, _) = loaded(folder.path());
    let bee = (200..204).map(|level| (1, level));
    let ant = (210..214).map(|level| (0, level));
    assert_eq!(levels(&task.test), ant.chain(bee).collect::<Vec<_>>());
    fs::rename(test.join("BEE"), test.join("wasp")).unwrap();
    let message = refused(folder.path(), &test.join("wasp"));
    assert!(message.contains("ant, bee"), "{message}");
}

#[test]
fn folders_in_a_class_folder_belong_to_the_class() {
    let folder = tempfile::tempdir().unwrap();
    pictures(&folder.path().join("ant/2024/may"), 0..3);
    pictures(&folder.path().join("ant"), 3..6);
    pictures(&folder.path().join("bee"), 10..14);
    let (task, found) = loaded(folder.path());
    assert_eq!(task.target.class_names(), ["ant", "bee"]);
    assert_eq!(
        found.classes,
        [("ant".to_owned(), 6), ("bee".to_owned(), 4)]
    );
    assert_eq!(found.nested, 3);
    fs::write(folder.path().join("ant/2024/notes.txt"), "notes").unwrap();
    refused(folder.path(), &folder.path().join("ant/2024/notes.txt"));
    // A folder around the class folders is named.
    let around = tempfile::tempdir().unwrap();
    pictures(&around.path().join("insects/ant"), 0..3);
    pictures(&around.path().join("insects/bee"), 0..3);
    let message = refused(around.path(), around.path());
    assert!(message.contains("insects"), "{message}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_loops_are_refused() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let far = tempfile::tempdir().unwrap();
    pictures(&far.path().join("more"), 20..23);
    pictures(&folder.path().join("ant"), 0..3);
    let bee = folder.path().join("bee");
    pictures(&bee, 10..13);
    symlink(far.path().join("more"), bee.join("more")).unwrap();
    symlink(far.path().join("more"), bee.join("same")).unwrap();
    symlink(far.path().join("more/20.png"), bee.join("one.png")).unwrap();
    let (_, found) = loaded(folder.path());
    assert_eq!(found.classes[1].1, 7);
    for target in [folder.path().to_owned(), bee.clone()] {
        let link = bee.join("loop");
        symlink(target, &link).unwrap();
        refused(folder.path(), &link);
        fs::remove_file(link).unwrap();
    }
    let link = bee.join("gone.png");
    symlink("nowhere", &link).unwrap();
    refused(folder.path(), &link);
    fs::remove_file(&link).unwrap();
    symlink("gone.png", &link).unwrap();
    refused(folder.path(), &link);
}

#[test]
fn a_file_is_what_it_holds_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    pictures(&folder.path().join("ant"), 0..3);
    pictures(&folder.path().join("bee"), 10..13);
    let png = folder.path().join("bee/10.png");
    fs::rename(&png, folder.path().join("bee/10")).unwrap();
    fs::rename(
        folder.path().join("bee/11.png"),
        folder.path().join("bee/11.webp"),
    )
    .unwrap();
    fs::rename(
        folder.path().join("bee/12.png"),
        folder.path().join("bee/12.txt"),
    )
    .unwrap();
    let (_, found) = loaded(folder.path());
    assert_eq!((found.misnamed, found.counts.all), (3, 6));
    assert!(found.decisions().iter().any(|(text, _)| text.contains('3')));
}

#[test]
fn grey_and_coloured_pictures_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    pictures(&folder.path().join("ant"), 0..3);
    let bee = folder.path().join("bee");
    fs::create_dir(&bee).unwrap();
    for number in 0..3 {
        let grey = image::GrayImage::from_pixel(5, 3, Luma([number]));
        grey.save(bee.join(format!("{number}.png"))).unwrap();
    }
    let (task, found) = loaded(folder.path());
    assert_eq!((found.counts.grey, found.counts.cut), (3, 3));
    assert_eq!(found.sizes, [[3, 3], [5, 3]]);
    assert_eq!(task.normalisation.divisor, None);
    for (text, _) in found.decisions() {
        told(text);
    }
}
