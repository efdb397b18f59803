#![allow(clippy::unwrap_used)]
use burn::tensor::TensorData;
use burn_ndarray::NdArray;
use proptest::prelude::*;

use super::sampling::rows_at_once;
use super::*;
use crate::numeric::total;
use crate::seed::Seed;
use crate::shape::InputShape;
use crate::tape::Derivatives;
use crate::tape::Leaf;
use crate::tape::lift;
use crate::wording::told;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::collections::{BTreeSet, HashSet};

type Double = NdArray<f64>;
type Single = NdArray<f32>;

/// A computation on rows and upstream gradients.
type Made<'a> = &'a dyn Fn(&Transform, [Tensor<Single, 2>; 2]) -> Tensor<Single, 2>;

/// A row repeated `count` times.
fn copies(row: Tensor<Double, 2>, count: usize) -> Tensor<Double, 2> {
    Tensor::cat(vec![row; count], 0)
}

const PICTURE: [usize; 3] = [3, 7, 6];
const ALL: &[Operation] = Operation::ALL;

fn augmentation(operation: Operation, picture: [usize; 3]) -> Augmentation {
    let operations = BTreeSet::from([operation]);
    let settings = AugmentSettings {
        operations,
        ..AugmentSettings::default()
    };
    settings.augmentation(InputShape::Picture(picture)).unwrap()
}

fn rows<A: Backend>(count: usize, picture: [usize; 3], seed: &Seed) -> Tensor<A, 2> {
    let features = picture.iter().product::<usize>();
    let values = seed.stream().normal(count * features);
    Tensor::from_data(
        TensorData::new(values, [count, features]),
        &Default::default(),
    )
}

fn numbers<A: Backend, const D: usize>(tensor: Tensor<A, D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| (a - b).abs() < 1e-6 * (1.0 + b.abs()))
}

/// The result of a resampling of one picture with one channel.
fn moved(sampling: Sampling, sides: [usize; 2], picture: Vec<f32>) -> Vec<f64> {
    let transform = Transform::Of {
        picture: [1, sides[0], sides[1]],
        draws: Draws::Sampling(vec![sampling]),
    };
    let shape = [1, picture.len()];
    let picture =
        Tensor::<Double, 2>::from_data(TensorData::new(picture, shape), &Default::default());
    numbers(transform.apply(picture))
}

#[test]
fn pixels_are_read_where_they_are_asked_for() {
    let sides = [2, 3];
    let picture: Vec<f32> = (1..=6).map(|pixel| pixel as f32).collect();
    let read = |sampling: Sampling| moved(sampling, sides, picture.clone());
    let shifted = |by: [f64; 2]| read(Sampling::shifted(sides, by));
    let same = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    assert_eq!(read(Sampling::identity(sides)), same);
    assert_eq!(
        read(Sampling::mirrored(sides)),
        [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]
    );
    assert_eq!(shifted([1.0, -1.0]), [0.0, 4.0, 5.0, 0.0, 0.0, 0.0]);
    // Between pixels, and half outside.
    assert_eq!(shifted([0.0, 0.25]), [1.25, 2.25, 2.25, 4.25, 5.25, 4.5]);
    assert_eq!(shifted([0.5, 0.0]), [2.5, 3.5, 4.5, 2.0, 2.5, 3.0]);
    // Rows and columns change places about the centre, which lies between the rows.
    let transposed = Sampling::affine(sides, [0.5, 1.0], [[0.0, 1.0], [1.0, 0.0]]);
    assert_eq!(read(transposed), [0.75, 3.0, 2.25, 1.25, 4.0, 2.75]);
}

#[test]
fn color_follows_its_formulas() {
    let draw = Color {
        brightness: 0.9,
        saturation: 0.75,
        contrast: 0.2,
    };
    let transform = Transform::Of {
        picture: [2, 1, 2],
        draws: Draws::Color(vec![draw]),
    };
    let pictures = Tensor::<Double, 2>::from_floats([[1.0, 2.0, 3.0, -4.0]], &Default::default());
    // Brightness adds 0.4; the means of the two pixels are 2.4 and -0.6, and saturation multiplies the
    // distances from them by 1.5; the mean of the picture is 0.9, and contrast multiplies by 0.7.
    let expected = [0.9, 3.9, 3.9, -5.1].map(|saturated| (saturated - 0.9) * 0.7 + 0.9);
    assert!(close(&numbers(transform.apply(pictures)), &expected));
}

#[test]
fn a_cutout_is_a_square_of_half_the_side_as_far_as_it_lies_inside() {
    let mut stream = Seed::new(1).stream();
    for sides in [[28, 28], [32, 32], [9, 5]] {
        let mut largest = [0, 0];
        for _ in 0..2000 {
            let Cutout { rows, columns } = Cutout::draw(sides, &mut stream);
            for (axis, [first, end]) in [rows, columns].into_iter().enumerate() {
                assert!(
                    first < end && end <= sides[axis],
                    "{first} to {end} of {sides:?}"
                );
                largest[axis] = largest[axis].max(end - first);
            }
        }
        assert_eq!(largest, sides.map(|side| side.div_ceil(2)));
    }
    let hole = Cutout {
        rows: [0, 1],
        columns: [1, 3],
    };
    let transform = Transform::Of {
        picture: [2, 2, 3],
        draws: Draws::Cutout(vec![hole]),
    };
    let found = numbers(transform.apply(Tensor::<Double, 2>::ones([1, 12], &Default::default())));
    assert_eq!(found, [1.0, 0.0, 0.0, 1.0, 1.0, 1.0].repeat(2));
}

#[test]
fn draws_keep_their_ranges() {
    // Each pixel's value is its row or its column, so the values that are read show the places.
    let sides = [16, 24];
    let row = |pixel: usize| (pixel / sides[1]) as f32;
    let column = |pixel: usize| (pixel % sides[1]) as f32;
    let pixels = || 0..sides[0] * sides[1];
    let centre = 8 * sides[1] + 12;
    let mut stream = Seed::new(2).stream();
    let (mut shifts, mut flips) = (BTreeSet::new(), 0);
    for _ in 0..600 {
        let shifted = moved(
            crop::Crop::draw(sides, &mut stream),
            sides,
            pixels().map(column).collect(),
        );
        shifts.insert(shifted[centre] as i64 - 12);
        let mirrored = moved(
            flip::Flip::draw(sides, &mut stream),
            sides,
            pixels().map(column).collect(),
        );
        flips += usize::from(mirrored[0] > 0.0);
        let scaled = moved(
            scale::Scale::draw(sides, &mut stream),
            sides,
            pixels().map(row).collect(),
        );
        let factor = scaled[centre] - scaled[centre - sides[1]];
        assert!(
            (1.0 / 1.2 - 1e-5..=1.2 + 1e-5).contains(&factor),
            "{factor}"
        );
        let turned = moved(
            rotate::Rotate::draw(sides, &mut stream),
            sides,
            pixels().map(row).collect(),
        );
        let sine = turned[centre + 1] - turned[centre];
        assert!(sine.abs() <= 15.0_f64.to_radians().sin() + 1e-5, "{sine}");
    }
    assert_eq!(shifts, (-3..=3).collect());
    assert!((240..360).contains(&flips), "{flips} of 600");
}

#[test]
fn resized_pictures_lie_on_the_middle_of_their_frame() {
    let picture: Vec<f32> = (1..=16).map(|pixel| pixel as f32).collect();
    let resized = |lengths| moved(Sampling::resized([4, 4], lengths), [4, 4], picture.clone());
    let same: Vec<f64> = picture.iter().map(|&pixel| f64::from(pixel)).collect();
    assert_eq!(resized([4, 4]), same);
    // Rows 1 and 3 of the four remain, with zeros above and below.
    let halved = [
        [0.0; 4],
        [1.0, 2.0, 3.0, 4.0],
        [9.0, 10.0, 11.0, 12.0],
        [0.0; 4],
    ];
    assert_eq!(resized([2, 4]), halved.concat());
    // Columns twice as wide: the middle two stay.
    let doubled = [2.0, 2.0, 3.0, 3.0];
    let rows: Vec<f64> = (0..4)
        .flat_map(|row| doubled.map(|pixel| pixel + 4.0 * f64::from(row)))
        .collect();
    assert_eq!(resized([4, 8]), rows);
}

#[test]
fn condensation_gives_every_picture_its_own_operation_with_the_mean_around_it() {
    let picture = [2, 16, 16];
    let augmentation = Augmentation::condensation(picture);
    assert!(!augmentation.is_none());
    let constant = Tensor::<Double, 2>::from_data(
        TensorData::new(
            [3.0_f32, -1.0].map(|value| vec![value; 256]).concat(),
            [1, 512],
        ),
        &Default::default(),
    );
    let constant = copies(constant, 40);
    let transform = augmentation.plain(40, &Seed::new(3));
    let found = numbers(transform.apply(constant.clone()));
    assert!(close(&found, &numbers(constant)), "the mean comes in");
    let one = rows::<Double>(1, picture, &Seed::new(5));
    let many = numbers(transform.apply(copies(one, 40)));
    let shown: BTreeSet<Vec<u64>> = many
        .chunks(512)
        .map(|row| row.iter().map(|value| value.to_bits()).collect())
        .collect();
    assert!(shown.len() > 30, "{} of 40 differ", shown.len());
}

#[test]
fn distillation_can_be_without_augmentation() {
    let settings = AugmentSettings {
        operations: BTreeSet::from_iter(ALL.iter().copied()),
        distill: false,
    };
    let inputs = InputShape::Picture(PICTURE);
    assert!(settings.while_distilling(inputs).unwrap().is_none());
    assert!(!settings.augmentation(inputs).unwrap().is_none());
}

#[test]
fn one_draw_serves_all_rows_and_each_row_may_have_its_own() {
    for &operation in ALL {
        let augmentation = augmentation(operation, PICTURE);
        let seed = Seed::new(4).child(&format!("{operation:?}"));
        let one = rows::<Double>(1, PICTURE, &seed);
        let many = copies(one.clone(), 12);
        let alone = numbers(augmentation.siamese(&seed).apply(one));
        assert!(close(
            &numbers(augmentation.siamese(&seed).apply(many.clone())),
            &alone.repeat(12)
        ));
        let plain = numbers(augmentation.plain(12, &seed).apply(many));
        assert!(
            plain.chunks(alone.len()).any(|row| !close(row, &alone)),
            "{operation:?}"
        );
    }
}

#[test]
fn every_operation_of_a_strategy_comes_up_and_none_changes_nothing() {
    let settings = AugmentSettings {
        operations: BTreeSet::from_iter(ALL.iter().copied()),
        ..AugmentSettings::default()
    };
    let augmentation = settings.augmentation(InputShape::Picture(PICTURE)).unwrap();
    let seen = (0..100).map(|index| match augmentation.siamese(&Seed::new(index)) {
        Transform::Of { draws, .. } => std::mem::discriminant(&draws),
        Transform::Identity => unreachable!("nothing is drawn"),
    });
    assert_eq!(seen.collect::<HashSet<_>>().len(), ALL.len());
    let none = AugmentSettings::default()
        .augmentation(InputShape::Vector(5))
        .unwrap();
    assert_eq!(none.plain(3, &Seed::new(0)), Transform::Identity);
    let refusal = told(settings.augmentation(InputShape::Vector(5)).unwrap_err());
    assert!(
        refusal.contains("augment.operations") && refusal.contains("5"),
        "{refusal}"
    );
}

#[test]
fn a_draw_is_a_few_numbers_whatever_the_size_of_the_picture() {
    assert!(size_of::<Sampling>() <= 80, "{}", size_of::<Sampling>());
}

/// A picture so large that three of them make a chunk; the last of four is a chunk by itself.
const LARGE: [usize; 3] = [1, 500, 640];

#[test]
fn large_pictures_are_processed_in_chunks_with_the_same_result() {
    let seed = Seed::new(6);
    assert_eq!(rows_at_once(500 * 640), 3);
    let [pictures, derivatives] = ["pictures", "derivatives"].map(|name| {
        let row = |index| rows::<Single>(1, LARGE, &seed.child(name).indexed("row", index));
        Tensor::cat((0..4).map(row).collect(), 0)
    });
    for operation in [Operation::Cutout, Operation::Rotate] {
        let transform = augmentation(operation, LARGE).plain(4, &seed);
        let Transform::Of { picture, draws } = &transform else {
            unreachable!("{operation:?} is none")
        };
        let alone = draws.chunks(1).unwrap().into_iter().map(|draws| {
            let picture = *picture;
            Transform::Of { picture, draws }
        });
        let alone: Vec<Transform> = alone.collect();
        let each = |of: Made<'_>| {
            let one = |row| [&pictures, &derivatives].map(|all| all.clone().narrow(0, row, 1));
            let rows = alone.iter().enumerate();
            let made = rows.map(|(row, transform)| of(transform, one(row)));
            Tensor::cat(made.collect(), 0).to_data()
        };
        let applied = transform.apply(pictures.clone());
        let expected = each(&|transform, [rows, _]| transform.apply(rows));
        assert!(applied.to_data() == expected, "{operation:?}");
        let back = transform.pull_back(pictures.clone(), derivatives.clone());
        let expected = each(&|transform, [rows, derivative]| transform.pull_back(rows, derivative));
        assert!(back.to_data() == expected, "{operation:?} back");
    }
}

proptest! {
    /// All operations are affine in the pixels.
    #[test]
    fn gradients_agree_with_central_differences(
        operation in 0..ALL.len(), plain in any::<bool>(), seed in 0..1000_u64,
    ) {
        let augmentation = augmentation(ALL[operation], PICTURE);
        let seed = Seed::new(seed);
        let transform = if plain { augmentation.plain(2, &seed) } else { augmentation.siamese(&seed) };
        let [at, along, weight] = ["at", "along", "weight"].map(|name| rows::<Double>(2, PICTURE, &seed.child(name)));
        let leaf = Leaf::new(at.clone());
        let loss = total::of(transform.apply(leaf.tracked()) * lift(weight.clone()));
        let derivative = numbers(total::of(Derivatives::of(loss).at(leaf, "rows") * along.clone()))[0];
        let value = |step: f64| {
            let at = at.clone() + along.clone().mul_scalar(step);
            numbers(total::of(transform.apply(at) * weight.clone()))[0]
        };
        let difference = (value(1e-3) - value(-1e-3)) / 2e-3;
        prop_assert!((derivative - difference).abs() < 1e-8 * (1.0 + derivative.abs()), "{derivative} {difference}");
    }
}
