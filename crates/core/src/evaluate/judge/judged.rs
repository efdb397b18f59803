//! Has judges learn the set and everything it is compared with.

use burn::tensor::backend::Backend;
use ndarray::Array2;
use rayon::prelude::*;

use super::super::chosen::BaselineRows;
use super::super::gain::{BySet, Gain, by_row};
use super::super::score::Score;
use super::super::trial::{DISTILLED, FULL, Trial};
use super::names::NETWORK;
use super::verdict::RANDOM;
use super::{Judge, JudgeNames, Lesson, Marks, Verdict};
use crate::error::{Error, Result};
use crate::numeric::host::matrix;
use crate::task::{Rows, Split};

/// Most rows of the training part that a judge learns as the set `full`.
const MOST_ROWS: usize = 20_000;

/// Most rows that judges predict. Where there are more, they predict so many of them, drawn at random.
const MOST_SCORED: usize = 20_000;

/// What a judge scores with a draw of a set: its marks, and what each row adds to the first of them.
struct Scored {
    marks: Marks,
    by_row: Vec<f64>,
}

/// A training set: inputs and targets of each draw.
struct Drawn {
    set: String,
    draws: Vec<(Array2<f32>, Array2<f32>)>,
}

/// The verdict of the judges that the settings name and of `others`, or `None` if there are none. `scores` are those of
/// the networks.
///
/// # Errors
/// Those of a baseline; [`Error::Device`] if the device cannot be read.
pub(in super::super) fn judged<B: Backend>(
    trial: &Trial<'_, B>,
    others: &[&dyn Judge],
    scores: &[(String, Score)],
) -> Result<Option<Verdict>> {
    let JudgeNames { judges, network } = JudgeNames::read(&trial.settings.judges)?;
    let judges: Vec<&dyn Judge> = judges
        .into_iter()
        .map(|it| it as &dyn Judge)
        .chain(others.iter().copied())
        .collect();
    if judges.is_empty() && !network {
        return Ok(None);
    }
    let task = trial.task.task;
    let classes = task.target.classes().is_some();
    let held_out = &drawn(
        trial.scored_on().split(),
        MOST_SCORED,
        trial,
        "rows of judges",
    );
    let (sets, full_rows) = sets(trial)?;
    let pieces: Vec<(&Drawn, &dyn Judge, usize)> = sets
        .iter()
        .flat_map(|set| judges.iter().map(move |judge| (set, *judge)))
        .flat_map(|(set, judge)| (0..set.draws.len()).map(move |draw| (set, judge, draw)))
        .collect();
    let marked = |&(set, judge, draw): &(&Drawn, &dyn Judge, usize)| -> Result<Scored> {
        let (inputs, targets) = &set.draws[draw];
        let lesson = Lesson {
            inputs,
            targets,
            classes,
        };
        let seed = trial.run_seed(draw).child("judge").child(judge.name());
        let predicted = judge.predict(lesson, &held_out.inputs, &seed)?;
        if predicted.dim() != held_out.targets.dim() {
            return Err(Error::Mismatch(format!(
                "it predicts {:?} numbers, but the rows have {:?} targets",
                predicted.dim(),
                held_out.targets.dim()
            )));
        }
        let marks = Marks::of(&predicted, held_out, classes)
            .ok_or_else(|| Error::Mismatch("its predictions are not finite".to_owned()))?;
        let by_row = by_row(&predicted, held_out, classes);
        Ok(Scored { marks, by_row })
    };
    let scored: Vec<Result<Scored>> = pieces.par_iter().map(marked).collect();
    let mut verdict = Verdict {
        names: judges.iter().map(|judge| judge.name().to_owned()).collect(),
        full_rows,
        ..Verdict::default()
    };
    let mut scored = scored.into_iter();
    let mut by_row: BySet<Vec<f64>> = BySet::new();
    for Drawn { set, draws } in &sets {
        let mut sum = vec![0.0; held_out.len()];
        for judge in &judges {
            let of_draws: Vec<Result<Scored>> = scored.by_ref().take(draws.len()).collect();
            let name = judge.name().to_owned();
            match of_draws.into_iter().collect::<Result<Vec<Scored>>>() {
                Ok(of_draws) => {
                    let marks: Vec<Marks> = of_draws.iter().map(|it| it.marks).collect();
                    let mean = Marks::mean(&marks).map(|mean| (name, mean));
                    verdict.scores.entry(set.clone()).or_default().extend(mean);
                    let share = 1.0 / (of_draws.len() * judges.len()) as f64;
                    for of_draw in of_draws {
                        let values = sum.iter_mut().zip(of_draw.by_row);
                        values.for_each(|(sum, value)| *sum += share * value);
                    }
                }
                Err(reason) => {
                    let failed = verdict.failed.entry(set.clone()).or_default();
                    failed.insert(name, reason.to_string());
                }
            }
        }
        if !verdict.failed.contains_key(set) && !judges.is_empty() {
            by_row.insert(set.clone(), sum);
        }
    }
    let gain = |own: &str, other: &str| {
        let (own, other) = (by_row.get(own)?, by_row.get(other)?);
        Some(Gain::of(own, other, held_out, classes))
    };
    let others = by_row.keys().filter(|set| *set != DISTILLED);
    let gains = others.filter_map(|set| Some((set.clone(), gain(DISTILLED, set)?)));
    verdict.gain = gains.collect();
    verdict.signal = gain(FULL, RANDOM);
    if network {
        verdict.names.push(NETWORK.to_owned());
        for (set, score) in scores
            .iter()
            .filter(|(name, _)| name == DISTILLED || sets.len() > 1)
        {
            let marks = match score.balanced {
                Some(balanced) => Marks::Classes {
                    balanced,
                    accuracy: score.mean,
                },
                None => Marks::of_error(score.mean, held_out),
            };
            let of_set = verdict.scores.entry(set.clone()).or_default();
            of_set.insert(NETWORK.to_owned(), marks);
        }
    }
    Ok(Some(verdict.with_regrets()))
}

/// The training sets, and the number of rows of `full`. Without baselines only the set itself.
fn sets<B: Backend>(trial: &Trial<'_, B>) -> Result<(Vec<Drawn>, usize)> {
    let on_host = |rows: Rows<B>| -> Result<(Array2<f32>, Array2<f32>)> {
        let single = |of| -> Result<Array2<f32>> { Ok(matrix(of)?.mapv(|it| it as f32)) };
        Ok((single(&rows.inputs)?, single(&rows.targets)?))
    };
    let points = on_host(trial.set.rows())?;
    let mut sets = vec![Drawn {
        set: DISTILLED.to_owned(),
        draws: vec![points],
    }];
    if !trial.settings.baselines {
        return Ok((sets, 0));
    }
    for BaselineRows {
        name,
        rows,
        is_drawn_anew,
    } in trial.baselines(&trial.counts())?
    {
        let runs = if is_drawn_anew {
            trial.settings.runs
        } else {
            1
        };
        let drawn = (0..runs).map(|run| on_host(rows(&trial.run_seed(run))?));
        sets.push(Drawn {
            set: name.to_owned(),
            draws: drawn.collect::<Result<_>>()?,
        });
    }
    let full = drawn(&trial.task.task.train, MOST_ROWS, trial, "full of judges");
    let rows = full.len();
    let inputs = std::sync::Arc::unwrap_or_clone(full.inputs);
    sets.push(Drawn {
        set: FULL.to_owned(),
        draws: vec![(inputs, full.targets)],
    });
    Ok((sets, rows))
}

/// At most so many rows of a part, drawn with this name and in their order.
fn drawn<B: Backend>(rows: &Split, most: usize, trial: &Trial<'_, B>, name: &str) -> Split {
    let mut places = trial.seed.child(name).stream().sample(rows.len(), most);
    places.sort_unstable();
    rows.select(&places)
}
