//! The papers of the data and methods that a run used: objectives, networks, augmentation and evaluation.

use itertools::Itertools;
use retort_core::evaluate::{BASELINES, Baseline, JUDGES, Judge};
use retort_core::inner::feature_step;
use retort_core::inner::optimiser::OptimiserKind;
use retort_core::paper::Paper;
use retort_core::run::Settings;
use retort_core::synthetic::Part;

use crate::summary::Summary;

/// Declares papers as named constants.
macro_rules! papers {
    ($($name:ident: $used:literal, $citation:literal, $link:literal;)+) => {
        $(const $name: Paper = Paper { used: $used, citation: $citation, link: $link };)+

        /// All papers.
        #[cfg(test)]
        const ALL: &[Paper] = &[$($name),+];
    };
}

papers! {
    DSA: "differentiable augmentation (DSA)",
        "Zhao and Bilen. Dataset Condensation with Differentiable Siamese Augmentation. ICML 2021",
        "https://arxiv.org/abs/2102.08259";
    SOFT_LABELS: "learned labels",
        "Sucholutsky and Schonlau. Soft-Label Dataset Distillation and Text Dataset Distillation. IJCNN 2021",
        "https://arxiv.org/abs/1910.02551";
    ADAM: "the optimiser Adam",
        "Kingma and Ba. Adam: A Method for Stochastic Optimization. ICLR 2015",
        "https://arxiv.org/abs/1412.6980";
    DD_RANKING: "the label-robust score",
        "Li et al. DD-Ranking: Rethinking the Evaluation of Dataset Distillation. 2025",
        "https://github.com/NUS-HPC-AI-Lab/DD-Ranking";
}

/// The papers of a run, in the order of use: data, objectives, network, augmentation, evaluation.
pub fn of(settings: &Settings, results: Option<&Summary>) -> Vec<Paper> {
    let mut found = Vec::new();
    let task = settings.task.source();
    found.extend(task.papers());
    for objective in &settings.objective {
        found.extend(objective.method().papers());
        if task.has_classes() == Some(true) && objective.learns().contains(&Part::Targets) {
            found.push(SOFT_LABELS);
        }
    }
    found.extend(settings.network.papers());
    if !settings.augment.operations.is_empty() {
        found.push(DSA);
    }
    if settings.distill.optimiser == OptimiserKind::Adam {
        found.push(ADAM);
    }
    if settings.evaluate.protocol.takes_feature_step() {
        found.push(feature_step::PAPER);
    }
    if let Some(results) = results {
        let scored = |baseline: &&&dyn Baseline| results.scored().score(baseline.name()).is_some();
        let baselines = BASELINES.iter().filter(scored);
        found.extend(baselines.flat_map(|baseline| baseline.papers()));
        if let Some(verdict) = &results.judges {
            let named = |judge: &&&dyn Judge| verdict.names.iter().any(|it| it == judge.name());
            let judges = JUDGES.iter().filter(named);
            found.extend(judges.flat_map(|judge| judge.papers()));
        }
        found.extend(results.label_robust_score.map(|_| DD_RANKING));
    }
    found.into_iter().unique().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::of_preset;
    use crate::presets::PRESETS;

    #[test]
    fn every_preset_cites_the_papers_of_its_method() {
        let [dc, dm, dd] = ["(DC)", "(DM)", "performance matching"];
        for (preset, cited) in [
            (
                "multi-index",
                &["r²d + L", dc, feature_step::PAPER.used, ADAM.used][..],
            ),
            ("mnist-dc", &[dc, "ConvNet"]),
            ("mnist-dsa", &[dc, DSA.used]),
            ("cifar10-dm", &["the data", dm, DSA.used]),
            ("mnist-bptt", &[dd, "momentum"]),
            ("cifar10-bptt", &[dd, "(RaT-BPTT)"]),
            ("cifar10-mtt", &["(MTT)"]),
            ("cifar10-frepo", &["(FRePo)", SOFT_LABELS.used]),
        ] {
            let found = of(&of_preset(preset).unwrap().settings, None);
            for used in cited {
                let is_cited = found.iter().any(|paper| paper.used.contains(used));
                assert!(is_cited, "{preset}: {used} is not among {found:?}");
            }
        }
    }

    #[test]
    fn every_paper_can_be_found() {
        for preset in PRESETS {
            let found = of(&of_preset(preset.name).unwrap().settings, None);
            assert!(!found.is_empty());
            for paper in found.iter().chain(ALL) {
                assert!(paper.link.starts_with("https://"), "{paper:?}");
                assert!(paper.citation.contains(". "), "{paper:?}");
            }
        }
    }
}
