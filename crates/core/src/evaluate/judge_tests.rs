#![allow(clippy::unwrap_used)]
//! Judges and soft labels within an evaluation.

use super::tests::{CLASSES, VALUES, evaluated};
use super::{JUDGES, Marks};
use crate::wording::told;

#[test]
fn judges_mark_the_set_and_all_that_it_is_compared_with() {
    for scene in [CLASSES, VALUES] {
        let (found, _) = evaluated(scene, "judges = [\"all\"]", 1.0).unwrap();
        let verdict = found.judges.unwrap();
        let own: Vec<&str> = JUDGES.iter().map(|judge| judge.name()).collect();
        assert_eq!(verdict.names, [&own[..], &["network"]].concat());
        assert!(verdict.failed.is_empty(), "{:?}", verdict.failed);
        assert!(verdict.full_rows > 100);
        let distilled = &found.scores[0].1;
        let network = verdict.marks("distilled", "network").unwrap();
        match (network, distilled.balanced) {
            (Marks::Classes { balanced, accuracy }, Some(of_score)) => {
                assert_eq!((*balanced, *accuracy), (of_score, distilled.mean));
            }
            (Marks::Values { mse, .. }, None) => assert_eq!(*mse, distilled.mean),
            other => panic!("{other:?}"),
        }
        for set in verdict.sets() {
            for judge in own
                .iter()
                .filter(|_| set != "random_soft" && set != "distilled_hard")
            {
                let marks = verdict.marks(set, judge).unwrap();
                assert!((-1.0..=1.0).contains(&marks.first()), "{set} {judge}");
            }
        }
        // All data teach a judge more than a few random rows do.
        let of = |set: &str| verdict.marks(set, "forest").unwrap().first();
        assert!(of("full") > of("random_real"));
        assert!(verdict.median_regret.contains_key("distilled"));
        // Gains are the means of differences of marks, if no mark is the lowest.
        let first = |set: &str, judge: &&str| verdict.marks(set, judge).unwrap().first();
        let differences = own
            .iter()
            .map(|judge| first("distilled", judge) - first("k_means", judge));
        let mean = differences.sum::<f64>() / own.len() as f64;
        let gain = verdict.gain["k_means"];
        assert!((gain.mean - mean).abs() < 1e-6, "{gain:?}, not {mean}");
        assert!(gain.error > 0.0 && !verdict.gain.contains_key("distilled"));
        assert!(verdict.signal.unwrap().is_sure());
        let (again, _) = evaluated(scene, "judges = [\"all\"]", 1.0).unwrap();
        assert_eq!(again.judges.unwrap(), verdict);
    }
}

#[test]
fn without_baselines_judges_mark_the_set_alone() {
    let section = "judges = [\"knn\", \"network\"], baselines = false";
    let (found, _) = evaluated(CLASSES, section, 1.0).unwrap();
    let verdict = found.judges.unwrap();
    assert_eq!(verdict.sets(), ["distilled"]);
    assert_eq!(verdict.full_rows, 0);
    assert!(verdict.regret.is_empty());
    let (found, _) = evaluated(CLASSES, "", 1.0).unwrap();
    assert!(found.judges.is_none());
}

#[test]
fn judges_that_do_not_exist_or_cannot_judge_are_refused_before_any_work() {
    for (section, named) in [
        ("judges = [\"oracle\"]", "\"oracle\""),
        ("protocol = \"transfer\", judges = [\"knn\"]", "transfer"),
    ] {
        let text = format!("{CLASSES}evaluate = {{ {section} }}");
        let settings = crate::run::Settings::read(&text.parse().unwrap());
        let error = told(settings.unwrap_err());
        assert!(
            error.contains("evaluate.judges") && error.contains(named),
            "{error}"
        );
    }
}

#[test]
fn random_rows_learn_from_the_labels_of_an_expert() {
    for scene in [CLASSES, VALUES] {
        let (found, _) = evaluated(scene, "protocol = \"quick\"", 1.0).unwrap();
        let score = |name: &str| {
            let scores = &found.scores;
            let found = scores.iter().find(|(other, _)| other == name);
            found.map(|(_, score)| score.clone()).unwrap()
        };
        let (soft, hard) = (score("random_soft"), score("random_real"));
        assert_eq!(soft.runs, hard.runs);
        assert_ne!(soft.values, hard.values);
        assert_eq!(soft.balanced.is_some(), scene == CLASSES);
    }
}
