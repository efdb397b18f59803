//! Reports in a real browser, headless Chromium or what `RETORT_CHROMIUM` names: counted as ignored unless they are
//! asked for, `cargo test --test cli -- --ignored`, as `.ci/run` does.
//!
//! A browser starts slowly: it is started once in light and once in dark, with every page in a frame of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{Workplace, text};
use crate::report::{ODD, stored_summary, sweep, two_runs};

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
    frame: Number(window.name), charts, width: innerWidth, scrollWidth: document.documentElement.scrollWidth,
    images: [...document.images].map(image => image.naturalWidth),
    paper: style.backgroundColor, ink: style.color,
  }), "*");
});</script>"#;

fn chromium() -> PathBuf {
    installed().expect("there is no Chromium: install it, or name one in RETORT_CHROMIUM")
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

/// What pages come to in frames of these widths. Chromium's own windows cannot be as narrow as a phone.
fn seen(pages: &[(&Path, u32)], dark: bool) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let mut frames = String::new();
    for (place, (page, width)) in pages.iter().enumerate() {
        let probed = fs::read_to_string(page)
            .unwrap()
            .replace("</body>", &format!("{PROBE}</body>"));
        fs::write(folder.path().join(format!("page-{place}.html")), probed).unwrap();
        frames.push_str(&format!(
            "<iframe name={place} src=page-{place}.html width={width} height=900 style='border:0'></iframe>"
        ));
    }
    let all = pages.len();
    let frame = format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><meta name=color-scheme content='light dark'>\
         <link rel=icon href='data:,'></head><body style='margin:0'><pre id=found></pre><script>\
         const all = [];\
         addEventListener('message', said => {{\
           const found = JSON.parse(said.data);\
           all[found.frame] = found;\
           if (Object.keys(all).length == {all})\
             document.getElementById('found').textContent = JSON.stringify(all);\
         }});</script>{frames}</body></html>"
    );
    let outer = folder.path().join("frame.html");
    fs::write(&outer, frame).unwrap();
    let mut command = Command::new(chromium());
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

/// Whether a page that came to this is whole.
fn check(found: &Value, about: &str, width: u32, charts: usize, images: usize) {
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
        "summary": stored_summary("accuracy", &Value::Object(scores), 123_456),
    });
    place.file("broad/results.jsonl", format!("{line}\n"));
}

#[test]
#[ignore = "needs Chromium: --ignored"]
fn a_printed_sweep_is_no_wider_than_its_paper() {
    let place = Workplace::new();
    sweep(&place);
    wide_sweep(&place);
    let pages = ["swept", "broad"].map(|name| {
        let page = format!("{name}.html");
        place.succeeds(&["report", "--out", &page, name]);
        // A frame cannot be printed: the rules for paper are put on its screen.
        let text = fs::read_to_string(place.path(&page)).unwrap();
        assert!(text.contains("@media print"));
        place.file(&page, text.replace("@media print", "@media screen"));
        place.path(&page)
    });
    let asked: Vec<(&Path, u32)> = pages
        .iter()
        .flat_map(|page| SHEETS.map(|width| (page.as_path(), width)))
        .collect();
    for ((page, width), found) in asked.iter().zip(seen(&asked, false)) {
        assert_eq!(found["width"], *width, "{found}");
        let wide = found["scrollWidth"].as_u64().unwrap();
        let name = page.display();
        assert!(wide <= (*width).into(), "{name}: {wide} on {width} pixels");
    }
}

/// A phone and a desk.
const SCREENS: [u32; 2] = [390, 1280];

#[test]
#[ignore = "needs Chromium: --ignored"]
fn a_report_is_whole_on_a_phone_and_on_a_desk_in_light_and_dark() {
    let place = Workplace::new();
    two_runs(&place);
    sweep(&place);
    let reports = [
        ("one.html", &["theory"][..], 5, 0),
        ("pictures.html", &[ODD], 4, 3),
        // One of scores for each measure, then those of each run.
        ("both.html", &["theory", ODD], 9, 3),
        ("sweep.html", &["swept"], 8, 0),
    ];
    let pages = reports.map(|(name, paths, ..)| {
        place.succeeds(&[&["report", "--out", name], paths].concat());
        place.path(name)
    });
    let asked: Vec<(&Path, u32)> = pages
        .iter()
        .flat_map(|page| SCREENS.map(|width| (page.as_path(), width)))
        .collect();
    let [light, dark] = [false, true].map(|dark| {
        let found = seen(&asked, dark);
        let expected = reports.iter().flat_map(|it| [it, it]);
        for (((page, width), found), (.., charts, images)) in asked.iter().zip(&found).zip(expected)
        {
            let page = page.display();
            let about = format!("{page} at {width} pixels, dark {dark}: {found}");
            check(found, &about, *width, *charts, *images);
        }
        let papers = found
            .iter()
            .map(|found| [&found["paper"], &found["ink"]].map(Value::clone));
        papers.collect::<Vec<_>>()
    });
    // One colour of paper and one of ink for all pages and widths, others in the dark.
    for papers in [&light, &dark] {
        assert!(papers.iter().all(|paper| paper == &papers[0]), "{papers:?}");
    }
    assert!(
        light[0][0] != dark[0][0] && light[0][1] != dark[0][1],
        "{light:?}, {dark:?}"
    );
}
