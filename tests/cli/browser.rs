//! Reports in a real browser: headless Chromium, where there is one. `RETORT_CHROMIUM` names another; without any
//! the tests say that they were skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{Workplace, text};
use crate::report::{ODD, sweep, two_runs};

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Put at the end of a page: tells the frame around it what came of the page. Words and shapes of a chart that
/// stick out of it are counted.
const PROBE: &str = r#"<script>addEventListener("load", () => {
  const charts = [...document.querySelectorAll("svg")].map(svg => {
    const frame = svg.getBoundingClientRect();
    const sticksOut = [...svg.querySelectorAll("text")].filter(word => {
      const box = word.getBoundingClientRect();
      return box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
    }).map(word => word.textContent.trim());
    return {
      width: frame.width, height: frame.height, sticksOut,
      shapes: svg.querySelectorAll("polyline, circle, rect, path, polygon, line").length,
      words: svg.querySelectorAll("text").length,
      ink: getComputedStyle(svg.querySelector("text")).fill,
    };
  });
  const style = getComputedStyle(document.body);
  parent.postMessage(JSON.stringify({
    charts, width: innerWidth, scrollWidth: document.documentElement.scrollWidth,
    images: [...document.images].map(image => image.naturalWidth),
    paper: style.backgroundColor, ink: style.color,
  }), "*");
});</script>"#;

/// Chromium; where there is none, the test that asks for it says that it is skipped.
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn chromium() -> Option<PathBuf> {
    let found = installed();
    if found.is_none() {
        eprintln!("skipped: there is no Chromium; install it, or name one in RETORT_CHROMIUM");
    }
    found
}

fn installed() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("RETORT_CHROMIUM") {
        return Some(named.into());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let mut places = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |it| it.join(name)));
    places.find(|place| place.is_file())
}

/// What a page comes to in a frame of that width. Chromium's own windows cannot be as narrow as a phone.
fn seen(chromium: &Path, page: &Path, width: u32, dark: bool) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let probed = fs::read_to_string(page)
        .unwrap()
        .replace("</body>", &format!("{PROBE}</body>"));
    fs::write(folder.path().join("page.html"), probed).unwrap();
    let frame = format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><meta name=color-scheme content='light dark'>\
         <link rel=icon href='data:,'></head><body style='margin:0'><pre id=found></pre><script>\
         addEventListener('message', said => {{ document.getElementById('found').textContent = said.data; }});</script>\
         <iframe src=page.html width={width} height=900 style='border:0'></iframe></body></html>"
    );
    let outer = folder.path().join("frame.html");
    fs::write(&outer, frame).unwrap();
    let mut command = Command::new(chromium);
    command
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--v=0",
        ])
        .args([
            "--window-size=1400,1000",
            "--virtual-time-budget=10000",
            "--dump-dom",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ));
    if dark {
        command.arg("--force-dark-mode");
    }
    let output = command
        .arg(format!("file://{}", outer.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = text(&output.stderr);
    let complaints: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect();
    assert!(complaints.is_empty(), "the console says {complaints:#?}");
    let page = text(&output.stdout);
    let found = page
        .split_once("<pre id=\"found\">")
        .and_then(|it| it.1.split_once("</pre>"));
    let found = found
        .unwrap_or_else(|| panic!("no page came back: {page}\n{said}"))
        .0;
    let found = found
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&found).unwrap_or_else(|error| panic!("{error}: {found:?}\n{said}"))
}

/// Looks at a page on a phone and on a desk, in light and dark.
fn check(chromium: &Path, page: &Path, charts: usize, images: usize) {
    let mut papers = Vec::new();
    for (width, dark) in [(390, false), (390, true), (1280, false), (1280, true)] {
        let found = seen(chromium, page, width, dark);
        let about = format!("{} at {width} pixels, dark {dark}: {found}", page.display());
        assert_eq!(found["width"], width, "{about}");
        assert!(
            found["scrollWidth"].as_u64().unwrap() <= width.into(),
            "sticks out: {about}"
        );
        let drawn = found["charts"].as_array().unwrap();
        assert_eq!(drawn.len(), charts, "{about}");
        for chart in drawn {
            assert!(chart["width"].as_f64().unwrap() > 250.0, "{about}");
            assert!(chart["height"].as_f64().unwrap() > 150.0, "{about}");
            assert!(chart["shapes"].as_u64().unwrap() > 5, "{about}");
            assert!(chart["words"].as_u64().unwrap() > 4, "{about}");
            assert_eq!(chart["sticksOut"], serde_json::json!([]), "{about}");
            assert_eq!(chart["ink"], found["ink"], "{about}");
        }
        let shown = found["images"].as_array().unwrap();
        assert_eq!(shown.len(), images, "{about}");
        assert!(
            shown.iter().all(|width| width.as_u64() > Some(0)),
            "{about}"
        );
        papers.push((found["paper"].clone(), found["ink"].clone()));
    }
    assert_eq!(papers[0], papers[2]);
    assert_eq!(papers[1], papers[3]);
    assert!(
        papers[0].0 != papers[1].0 && papers[0].1 != papers[1].1,
        "{papers:?}"
    );
}

/// Pixels that are wide as A4 is, upright and on its side, without a centimetre on either hand.
const SHEETS: [u32; 2] = [718, 1047];

/// A sweep with many columns, some of whose names and values are long.
fn wide_sweep(place: &Workplace) {
    place.file("broad/plans/0001.toml", "");
    let score = serde_json::json!({"mean": 0.123_456_789, "std": 0.012_345_678_9, "runs": 5});
    let names = ["distilled", "full", "random_real", "features_distilled"];
    let scores: serde_json::Map<String, Value> = (0..12)
        .map(|place| {
            let name = format!("{}_{place}", names[place % names.len()]);
            (name, score.clone())
        })
        .collect();
    let line = serde_json::json!({
        "run": "0001", "seed": 0,
        "settings": {"task.dim": 128, "distill.learning_rate": [0.01, 0.05], "synthetic.points": 64},
        "summary": {"scores": scores, "memory": {"floats": 123_456}, "retort": "0.1.0"},
    });
    place.file("broad/results.jsonl", format!("{line}\n"));
}

#[test]
fn a_printed_sweep_is_no_wider_than_its_paper() {
    let Some(chromium) = chromium() else {
        return;
    };
    let place = Workplace::new();
    sweep(&place);
    wide_sweep(&place);
    for name in ["swept", "broad"] {
        let page = format!("{name}.html");
        place.succeeds(&["report", "--out", &page, name]);
        // A frame cannot be printed: the rules for paper are put on its screen.
        let text = fs::read_to_string(place.path(&page)).unwrap();
        assert!(text.contains("@media print"));
        place.file(&page, text.replace("@media print", "@media screen"));
        for width in SHEETS {
            let found = seen(&chromium, &place.path(&page), width, false);
            assert_eq!(found["width"], width, "{found}");
            let wide = found["scrollWidth"].as_u64().unwrap();
            assert!(wide <= width.into(), "{name}: {wide} on {width} pixels");
        }
    }
}

#[test]
fn a_report_is_whole_on_a_phone_and_on_a_desk_in_light_and_dark() {
    let Some(chromium) = chromium() else {
        return;
    };
    let place = Workplace::new();
    two_runs(&place);
    sweep(&place);
    for (name, paths, charts, images) in [
        ("one.html", &["theory"][..], 5, 0),
        ("pictures.html", &[ODD], 4, 3),
        // One of scores for each measure, then those of each run.
        ("both.html", &["theory", ODD], 9, 3),
        ("sweep.html", &["swept"], 8, 0),
    ] {
        place.succeeds(&[&["report", "--out", name], paths].concat());
        check(&chromium, &place.path(name), charts, images);
    }
}
