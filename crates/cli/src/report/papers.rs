//! The papers of the data and methods that a run used: objectives, networks, augmentation and evaluation.

use itertools::Itertools;
use retort_core::inner::optimiser::OptimiserKind;
use retort_core::network::NetworkSettings;
use retort_core::paper::Paper;
use retort_core::run::Settings;
use retort_core::synthetic::Part;
use retort_core::task::TaskSettings;

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
    THEORY: "the claim that r²d + L numbers are enough, and the task",
        "Kinoshita, Nishikawa and Toyoizumi. Dataset Distillation Efficiently Encodes Low-Dimensional Representations from Gradient-Based Learning of Non-Linear Tasks. ICML 2026",
        "https://arxiv.org/abs/2603.14830";
    FEATURE_STEP: "features in one gradient step, then a ridge readout",
        "Damian, Lee and Soltanolkotabi. Neural Networks can Learn Representations with Gradient Descent. COLT 2022",
        "https://arxiv.org/abs/2206.15144";
    DSA: "differentiable augmentation (DSA)",
        "Zhao and Bilen. Dataset Condensation with Differentiable Siamese Augmentation. ICML 2021",
        "https://arxiv.org/abs/2102.08259";
    SOFT_LABELS: "learned labels",
        "Sucholutsky and Schonlau. Soft-Label Dataset Distillation and Text Dataset Distillation. IJCNN 2021",
        "https://arxiv.org/abs/1910.02551";
    CONVNET: "the network ConvNet",
        "Gidaris and Komodakis. Dynamic Few-Shot Visual Learning without Forgetting. CVPR 2018",
        "https://arxiv.org/abs/1804.09458";
    LENET: "the network LeNet",
        "LeCun, Bottou, Bengio and Haffner. Gradient-Based Learning Applied to Document Recognition. Proceedings of the IEEE 86, 1998",
        "https://doi.org/10.1109/5.726791";
    VGG: "the network VGG11",
        "Simonyan and Zisserman. Very Deep Convolutional Networks for Large-Scale Image Recognition. ICLR 2015",
        "https://arxiv.org/abs/1409.1556";
    RESNET: "the network ResNet18",
        "He, Zhang, Ren and Sun. Deep Residual Learning for Image Recognition. CVPR 2016",
        "https://arxiv.org/abs/1512.03385";
    ADAM: "the optimiser Adam",
        "Kingma and Ba. Adam: A Method for Stochastic Optimization. ICLR 2015",
        "https://arxiv.org/abs/1412.6980";
    CIFAR: "the data",
        "Krizhevsky. Learning Multiple Layers of Features from Tiny Images. Technical report, University of Toronto, 2009",
        "https://www.cs.toronto.edu/~kriz/cifar.html";
    DIGITS: "the data",
        "Alpaydin and Kaynak. Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998",
        "https://doi.org/10.24432/C50P49";
    HERDING: "the baseline herding",
        "Welling. Herding Dynamical Weights to Learn. ICML 2009",
        "https://doi.org/10.1145/1553374.1553517";
    K_CENTER: "the baseline k-center",
        "Sener and Savarese. Active Learning for Convolutional Neural Networks: A Core-Set Approach. ICLR 2018",
        "https://arxiv.org/abs/1708.00489";
    DD_RANKING: "the label-robust score",
        "Li et al. DD-Ranking: Rethinking the Evaluation of Dataset Distillation. 2025",
        "https://github.com/NUS-HPC-AI-Lab/DD-Ranking";
}

/// The papers of a run, in the order of use: data, objectives, network, augmentation, evaluation.
pub fn of(settings: &Settings, results: Option<&Summary>) -> Vec<Paper> {
    let mut found = Vec::new();
    match settings.task {
        TaskSettings::MultiIndex(_) => found.push(THEORY),
        TaskSettings::Cifar(_) => found.push(CIFAR),
        TaskSettings::Digits(_) => found.push(DIGITS),
        _ => {}
    }
    for objective in &settings.objective {
        found.extend(objective.method().papers());
        let classes = !matches!(
            settings.task,
            TaskSettings::MultiIndex(_) | TaskSettings::Csv(_)
        );
        if classes && objective.learns().contains(&Part::Targets) {
            found.push(SOFT_LABELS);
        }
    }
    match settings.network {
        NetworkSettings::ConvNet(_) => found.push(CONVNET),
        NetworkSettings::LeNet(_) => found.push(LENET),
        NetworkSettings::Vgg11(_) => found.push(VGG),
        NetworkSettings::ResNet18(_) => found.push(RESNET),
        NetworkSettings::TwoLayer(_) | NetworkSettings::Mlp(_) => {}
    }
    if !settings.augment.operations.is_empty() {
        found.push(DSA);
    }
    if settings.distill.optimiser == OptimiserKind::Adam {
        found.push(ADAM);
    }
    if settings.evaluate.protocol.takes_feature_step() {
        found.push(FEATURE_STEP);
    }
    if let Some(results) = results {
        let scored = |name: &str| results.scored().score(name).is_some();
        let baselines = [("herding", HERDING), ("k_center", K_CENTER)];
        found.extend(baselines.iter().filter(|(it, _)| scored(it)).map(|it| it.1));
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
                &[THEORY.used, dc, FEATURE_STEP.used, ADAM.used][..],
            ),
            ("mnist-dc", &[dc, CONVNET.used]),
            ("mnist-dsa", &[dc, DSA.used]),
            ("cifar10-dm", &[CIFAR.used, dm, DSA.used]),
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
