//! Exports of arrays of pictures whose pixels are not from 0 to 1.

use std::path::Path;

use retort_core::store::numpy::{Archive, Element, Elements, NumpyArray, Whole, archive_bytes};

use crate::export::scores;
use crate::program::{Workplace, text};

/// Sixty pictures of 4 × 4 pixels in two classes, with pixels from −1 to 1 times `scale`.
fn pictures(scale: f64) -> Vec<f64> {
    let pixel = |place: u32| {
        let class = place / 16 % 2;
        let value = f64::from(place * 7 % 23) / 11.0 - 1.0;
        (value * if class == 0 { 1.0 } else { -0.5 } * scale).round_ties_even() / 128.0
    };
    (0..960).map(pixel).collect()
}

/// Distils the arrays, exports the set in both formats, and gives `X` and what was said about the pictures.
fn exported(place: &Workplace, inputs: &Elements) -> (NumpyArray, String) {
    let arrays = [
        ("X".to_owned(), inputs.to_npy(&[60, 4, 4])),
        (
            "y".to_owned(),
            Elements::Integers([0, 1].repeat(30)).to_npy(&[60]),
        ),
    ];
    std::fs::write(place.path("mine.npz"), archive_bytes(&arrays).unwrap()).unwrap();
    let distill = [
        "distill",
        "mine.npz",
        "--out",
        "run",
        "--force",
        "--per-class",
        "2",
        "--set",
        "distill.steps=0",
        "--set",
        "synthetic.initial=real",
        "--set",
        "evaluate.runs=1",
        "--set",
        "evaluate.baselines=false",
    ];
    place.succeeds(&distill);
    let export = |format: &str, out: &str| {
        let all = ["export", "run", "--force", "--format", format, "--out", out];
        text(&place.succeeds(&all).stderr)
    };
    export("npz", "set.npz");
    export("safetensors", "set.st");
    let [own, other] = scores(place, "run", "set.npz");
    assert_eq!(own, other);
    let said = export("pictures", "set");
    let [own, other] = scores(place, "run", "set");
    assert_eq!(own, other);
    (array(&place.path("set.npz")), said)
}

fn array(path: &Path) -> NumpyArray {
    Archive::open(path).unwrap().array("X").unwrap()
}

fn numbers(array: &NumpyArray) -> Vec<f64> {
    let count: usize = array.shape().iter().product();
    (0..count).map(|place| array.number(place)).collect()
}

#[test]
fn pixels_from_minus_1_to_1_keep_their_range() {
    let place = Workplace::new();
    let (x, said) = exported(&place, &Elements::Numbers(pictures(128.0)));
    assert_eq!(x.element(), Element::of("<f8").unwrap());
    let numbers = numbers(&x);
    assert!(numbers.iter().any(|v| *v < -0.5) && numbers.iter().any(|v| *v > 0.1));
    assert!(said.contains("-1") && said.contains("0 to 255"), "{said}");
}

#[test]
fn integers_keep_their_type() {
    let place = Workplace::new();
    for (kind, scale, name) in [
        (Whole::Int8, 128.0 * 127.0, "|i1"),
        (Whole::Int16, 128.0 * 4000.0, "<i2"),
    ] {
        let whole = pictures(scale).into_iter().map(|value| kind.nearest(value));
        let (x, said) = exported(&place, &Elements::Whole(kind, whole.collect()));
        assert_eq!(x.element(), Element::of(name).unwrap());
        assert!(numbers(&x).iter().any(|v| *v < -60.0), "{name}");
        assert!(said.contains("0 to 255"), "{said}");
    }
    let whole = pictures(128.0 * 30_000.0).into_iter();
    let whole = whole
        .map(|value| Whole::Uint16.nearest(value + 30_000.0))
        .collect();
    let (x, _) = exported(&place, &Elements::Whole(Whole::Uint16, whole));
    assert_eq!(x.element(), Element::of("<u2").unwrap());
    assert!(numbers(&x).iter().any(|v| *v > 40_000.0));
}
