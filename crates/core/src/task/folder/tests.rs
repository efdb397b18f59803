#![allow(clippy::unwrap_used)]

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};

use super::decode::{self, Numbers, Reading};
use super::*;
use crate::wording::told;

fn refused(text: &str) -> String {
    let table: toml::Table = text.parse().unwrap();
    let read = crate::settings::keys::section::<Folder>("task", &table);
    told(read.unwrap_err())
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let path = "path = 'pictures'\n";
    assert!(refused("side = 8").starts_with("task.path = (not given)"));
    for (text, said) in [
        ("", "task.side = (not given)"),
        ("side = 0", "task.side = 0"),
        ("side = 5000", "task.side = 5000: "),
        ("side = 8\nwidth = 8", "task.side = 8: "),
        ("height = 8", "task.width = (not given)"),
        ("width = 8", "task.height = (not given)"),
        ("height = 8\nwidth = 0", "task.width = 0"),
        ("side = 8\nchannels = 2", "task.channels = 2"),
        ("side = 8\nbits = 7", "task.bits = 7"),
        ("side = 8\nbits = 17", "task.bits = 17"),
        ("side = 8\nbackground = 256", "task.background = 256"),
        ("side = 8\nbackground = [1, 2]", "task.background = "),
        (
            "side = 8\nbackground = 'white'",
            "task.background = \"white\": ",
        ),
        ("side = 8\ntest = 0", "task.test = 0"),
        ("side = 8\ntest = 1.5", "task.test = 1.5"),
        (
            "side = 8\nvalidation = 'few'",
            "task.validation = \"few\": ",
        ),
        ("side = 8\nzca_penalty = 0", "task.zca_penalty = 0"),
        ("side = 8\nzca = 1", "task.zca = 1: "),
        ("side = 8\nzca_penalti = 1", "`task.zca_penalty`"),
    ] {
        let message = refused(&format!("{path}{text}"));
        assert!(message.contains(said), "{text}: {message}");
    }
}

#[test]
fn settings_survive_a_round_trip_through_toml() {
    for text in [
        "side = 8",
        "side = 8\ntest = 30\nvalidation = 0.25\nzca = true\nzca_penalty = 0.5",
        "side = 8\nnormalise = false",
        "side = 8\nbits = 12\nbackground = [1, 2, 255]",
        "side = 8\nbackground = 0",
    ] {
        let read =
            |table: &toml::Table| crate::settings::keys::section::<Folder>("task", table).unwrap();
        let settings = read(&format!("path = 'a'\n{text}").parse().unwrap());
        let table = toml::Table::try_from(&settings).unwrap();
        assert_eq!(read(&table), settings);
        let preprocessing = settings.preprocessing();
        assert_eq!(preprocessing.whiten, text.contains("zca").then_some(0.5));
        assert_eq!(preprocessing.normalise, !text.contains("normalise"));
    }
}

fn reading(shape: [usize; 3]) -> Reading {
    Reading {
        shape,
        background: Background::default(),
        most: None,
    }
}

/// The pixels of a picture, as [`decode::read`] returns them.
fn read(picture: &DynamicImage, shape: [usize; 3]) -> Vec<u8> {
    let file = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    picture.save(file.path()).unwrap();
    let mut pixels = vec![0_u8; shape.iter().product()];
    let numbers = Numbers::from(pixels.as_mut_slice());
    decode::read(file.path(), reading(shape), numbers).unwrap();
    pixels
}

#[test]
fn a_picture_of_the_right_size_stays_as_it_is_and_colours_are_planes() {
    let colour = RgbImage::from_fn(3, 2, |x, y| Rgb([x as u8, 10 + y as u8, 200]));
    let pixels = read(&colour.into(), [3, 2, 3]);
    let expected = [
        0, 1, 2, 0, 1, 2, 10, 10, 10, 11, 11, 11, 200, 200, 200, 200, 200, 200,
    ];
    assert_eq!(pixels, expected);
}

#[test]
fn the_centre_is_cut_out_and_resized() {
    // A bright square in the middle of a wide picture with dark sides.
    let wide = GrayImage::from_fn(40, 20, |x, _| {
        Luma([if (10..30).contains(&x) { 200 } else { 0 }])
    });
    assert_eq!(read(&wide.clone().into(), [1, 4, 4]), [200; 16]);
    assert_eq!(read(&wide.clone().into(), [1, 30, 30]), [200; 900]);
    let tall = image::imageops::rotate90(&wide);
    assert_eq!(read(&tall.into(), [1, 4, 4]), [200; 16]);
    // The whole picture if the aspect ratio is right, with the same grey in all channels.
    let pixels = read(&wide.into(), [3, 2, 4]);
    let row = [0, 200, 200, 0];
    for (value, expected) in pixels.iter().zip([row; 6].concat()) {
        assert!(value.abs_diff(expected) <= 30, "{pixels:?}");
    }
    // At least one pixel is cut out of a very thin picture.
    let thin = GrayImage::from_pixel(1, 3000, Luma([9]));
    assert_eq!(read(&thin.into(), [1, 2, 5]), [9; 10]);
}

#[test]
fn a_photo_is_turned_the_way_it_is_to_be_seen() {
    // Bright on the left. The Exif note says that the right side is the top, so it is bright below.
    let photo = GrayImage::from_fn(16, 16, |x, _| Luma([if x < 8 { 200 } else { 20 }]));
    let note = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
    encoder.encode_image(&photo).unwrap();
    // The note is a segment of its own after the first two bytes of the file.
    let exif = [b"Exif\0\0", &note[..]].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    bytes.splice(2..2, [&[0xff, 0xe1], &length[..], &exif].concat());
    let file = tempfile::Builder::new().suffix(".jpg").tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let mut pixels = [0_u8; 4];
    let seen = decode::read(file.path(), reading([1, 2, 2]), Numbers::Bytes(&mut pixels));
    assert!(seen.unwrap().is_turned);
    for (value, expected) in pixels.iter().zip([20_u8, 20, 200, 200]) {
        assert!(value.abs_diff(expected) < 40, "{pixels:?}");
    }
}

#[test]
fn sixteen_bits_are_kept_and_what_is_transparent_is_white() {
    let deep = image::ImageBuffer::from_pixel(2, 2, Luma([0x0123_u16]));
    let file = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    DynamicImage::from(deep).save(file.path()).unwrap();
    let mut words = [0_u16; 4];
    let numbers = Numbers::Words(&mut words);
    let seen = decode::read(file.path(), reading([1, 2, 2]), numbers).unwrap();
    assert_eq!((words, seen.deepest), ([0x0123; 4], Some(0x0123)));
    let narrow = Reading {
        most: Some(255),
        ..reading([1, 2, 2])
    };
    let error = decode::read(file.path(), narrow, Numbers::Words(&mut words)).unwrap_err();
    let message = told(error);
    assert!(
        message.contains("291") && message.contains("task.bits = 8"),
        "{message}"
    );
    let clear = image::RgbaImage::from_pixel(2, 2, image::Rgba([10, 20, 30, 0]));
    assert_eq!(read(&clear.into(), [3, 2, 2]), [255; 12]);
}
