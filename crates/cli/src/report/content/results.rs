//! The results of a run in a report for programs: every key, also those that the summary omits.

use retort_core::evaluate::{Alignment, MemoryAccount, Verdict};
use serde::{Serialize, Serializer};

use crate::summary::{EvaluationRecord, Scored, Seconds, Summary, TaskFacts};

#[derive(Serialize)]
struct Results<'a> {
    retort: &'a str,
    backend: &'a str,
    task: &'a TaskFacts,
    #[serde(flatten)]
    scored: Scored<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judges: Option<&'a Verdict>,
    memory: &'a MemoryAccount,
    alignment: Option<&'a Alignment>,
    seconds: Seconds,
    peak_memory_bytes: Option<u64>,
    evaluations: Vec<Transfer<'a>>,
}

#[derive(Serialize)]
struct Transfer<'a> {
    network: &'a str,
    overrides: &'a [String],
    seed: u64,
    backend: &'a str,
    #[serde(flatten)]
    scored: Scored<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judges: Option<&'a Verdict>,
}

/// Serialises the results of a run as an object, or as null if there are none yet.
pub fn serialize<S: Serializer>(summary: &Option<Summary>, to: S) -> Result<S::Ok, S::Error> {
    summary.as_ref().map(Results::from).serialize(to)
}

impl<'a> From<&'a Summary> for Results<'a> {
    fn from(summary: &'a Summary) -> Self {
        Self {
            retort: &summary.retort,
            backend: &summary.backend,
            task: &summary.task,
            scored: summary.scored(),
            judges: summary.judges.as_ref(),
            memory: &summary.memory,
            alignment: summary.alignment.as_ref(),
            seconds: summary.seconds,
            peak_memory_bytes: summary.peak_memory_bytes,
            evaluations: summary.evaluations.iter().map(Transfer::from).collect(),
        }
    }
}

impl<'a> From<&'a EvaluationRecord> for Transfer<'a> {
    fn from(record: &'a EvaluationRecord) -> Self {
        Self {
            network: &record.network,
            overrides: &record.overrides,
            seed: record.seed,
            backend: &record.backend,
            scored: record.scored(),
            judges: record.judges.as_ref(),
        }
    }
}
