//! Pictures of a run on its way: sheets after chosen outer steps, and all of them as one animation.

use std::fs;
use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, Frame, RgbImage};

use crate::program::{TWO_STAGES, UNROLLED, Workplace, snapshot, text};

/// Runs 50 outer steps on pictures, into `out`, with these settings.
fn distil(place: &Workplace, out: &str, set: &[&str]) {
    let settings = place.file("small.toml", UNROLLED);
    let mut arguments = vec!["distill", settings.as_str(), "--out", out];
    for assignment in set {
        arguments.extend(["--set", assignment]);
    }
    place.succeeds(&arguments);
}

fn sheets(place: &Workplace, run: &str) -> Vec<String> {
    let entries = fs::read_dir(place.path(run).join("previews")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn animation(place: &Workplace, run: &str) -> Vec<Frame> {
    let bytes = fs::read(place.path(run).join("preview.gif")).unwrap();
    let frames = GifDecoder::new(Cursor::new(bytes)).unwrap().into_frames();
    frames.collect_frames().unwrap()
}

fn picture(place: &Workplace, name: &str) -> RgbImage {
    image::open(place.path(name)).unwrap().into_rgb8()
}

#[test]
fn there_is_a_sheet_after_every_step_asked_for_and_an_animation_of_them() {
    let place = Workplace::new();
    let asked = ["distill.preview_every=15", "distill.preview_at=[20, 1]"];
    distil(&place, "run", &asked);
    let expected = [0, 1, 15, 20, 30, 45, 50].map(|step| format!("step-{step:08}.png"));
    assert_eq!(sheets(&place, "run"), expected);
    let frames = animation(&place, "run");
    assert_eq!(frames.len(), expected.len());
    let pictures = expected.map(|name| picture(&place, &format!("run/previews/{name}")));
    for (frame, picture) in frames.iter().zip(&pictures) {
        // Grey pictures have few enough colours to be shown as they are.
        let shown = image::DynamicImage::from(frame.buffer().clone()).into_rgb8();
        assert!(shown == *picture);
    }
    let delay = |frame: &Frame| frame.delay().numer_denom_ms().0;
    assert!(delay(&frames[6]) > delay(&frames[5]));
    for (one, other) in pictures.iter().zip(&pictures[1..]) {
        assert!(one != other, "steps change the sheet");
    }
    // Below its title, the last is the sheet of the end.
    let end = picture(&place, "run/preview.png");
    let below = image::imageops::crop_imm(&pictures[6], 0, 10, end.width(), end.height());
    assert!(below.to_image() == end);
    let shown = text(&place.succeeds(&["inspect", "run"]).stdout);
    let words = "previews      7 in run/previews, up to step 50; as one picture run/preview.gif";
    assert!(shown.contains(words), "{shown}");
}

#[test]
fn previews_change_nothing_else() {
    let place = Workplace::new();
    distil(&place, "plain", &[]);
    distil(&place, "shown", &["distill.preview_every=4"]);
    for name in ["metrics.jsonl", "preview.png"] {
        let [plain, shown] =
            ["plain", "shown"].map(|run| fs::read(place.path(run).join(name)).unwrap());
        assert!(plain == shown, "{name}");
    }
    for name in ["previews", "preview.gif"] {
        assert!(!place.path("plain").join(name).exists());
    }
    let table = |run: &str| text(&place.succeeds(&["evaluate", run]).stdout);
    assert_eq!(table("plain").replace("plain", "shown"), table("shown"));
}

#[test]
fn sheets_that_are_there_are_shown_when_a_run_goes_on_and_spoilt_ones_left_out() {
    let place = Workplace::new();
    distil(&place, "run", &["distill.preview_every=10"]);
    let previews = |name: &str| format!("run/previews/{name}");
    fs::remove_file(place.path(&previews("step-00000010.png"))).unwrap();
    let whole = fs::read(place.path(&previews("step-00000020.png"))).unwrap();
    place.file(&previews("step-00000020.png"), &whole[..whole.len() / 2]);
    place.file(&previews("step-00000050.png"), "spoilt, and made again");
    place.file(&previews("step-00000033.png"), whole);
    place.file(&previews("holiday.png"), "mine");
    fs::remove_file(place.path("run/summary.json")).unwrap();
    let output = place.succeeds(&["distill", "--out", "run", "--resume"]);
    let message = text(&output.stderr);
    for name in ["step-00000010.png", "step-00000020.png"] {
        let words = format!("{}: cannot be read (", previews(name));
        assert!(message.contains(&words), "{message}");
    }
    assert_eq!(message.matches("left out of preview.gif").count(), 2);
    assert!(!message.contains("panicked"), "{message}");
    // Those after 0, 30, 40 and 50 steps.
    assert_eq!(animation(&place, "run").len(), 4);
    assert_eq!(
        fs::read(place.path(&previews("holiday.png"))).unwrap(),
        b"mine"
    );
}

#[test]
fn a_replaced_run_leaves_no_previews_behind() {
    let place = Workplace::new();
    distil(&place, "run", &["distill.preview_every=25"]);
    assert_eq!(sheets(&place, "run").len(), 3);
    place.file("run/previews/holiday.png", "mine");
    let again = ["distill", "small.toml", "--out", "run", "--force"];
    place.succeeds(&again);
    assert_eq!(sheets(&place, "run"), ["holiday.png"]);
    assert!(!place.path("run/preview.gif").exists());
    fs::remove_file(place.path("run/previews/holiday.png")).unwrap();
    place.succeeds(&again);
    let files = snapshot(&place.path("run")).into_keys();
    assert!(!files.into_iter().any(|file| file.ends_with("previews")));
}

#[test]
fn what_previews_a_run_cannot_have_is_refused() {
    let place = Workplace::new();
    place.file("digits.toml", UNROLLED);
    place.file("vectors.toml", TWO_STAGES);
    let rows: String = (0..40)
        .map(|row| format!("{row},{},{}\n", row * row % 7, row % 2))
        .collect();
    place.file("rows.csv", rows);
    place.file(
        "rows.toml",
        "task = { kind = \"csv\", path = \"rows.csv\", problem = \"classification\" }\n\
         network = { kind = \"mlp\" }\nobjective = { kind = \"gradient-matching\" }\n\
         synthetic = { per_class = 1 }\n",
    );
    for (settings, assignment, named) in [
        (
            "digits.toml",
            "distill.preview_at=[3, 51]",
            &["distill.preview_at = 51: ", "50"][..],
        ),
        (
            "digits.toml",
            "distill.preview_every=-1",
            &["distill.preview_every = -1"],
        ),
        (
            "digits.toml",
            "distill.preview_at=5",
            &["distill.preview_at = 5"],
        ),
        (
            "digits.toml",
            "distill.preview_evry=5",
            &["`distill.preview_evry`", "`distill.preview_every`"],
        ),
        (
            "vectors.toml",
            "distill.preview_every=5",
            &["distill.preview_every = 5: "],
        ),
        (
            "rows.toml",
            "distill.preview_at=[5]",
            &["distill.preview_at = [5]: "],
        ),
    ] {
        let run = ["distill", settings, "--out", "run", "--set", assignment];
        place.refuses(&run, named);
    }
    let long = [
        "--set",
        "distill.steps=2000",
        "--set",
        "distill.preview_every=2",
    ];
    let run = ["distill", "digits.toml", "--out", "run"];
    place.refuses(
        &[&run[..], &long].concat(),
        &["distill.preview_every = 2: ", "1000"],
    );
}

#[test]
fn a_run_that_diverges_shows_no_set_that_is_not_finite() {
    let place = Workplace::new();
    place.file("small.toml", UNROLLED);
    let mut run = vec!["distill", "small.toml", "--out", "run"];
    for assignment in [
        "distill.learning_rate=1e9",
        "distill.checkpoint_every=50",
        "distill.log_every=50",
        "distill.preview_every=1",
    ] {
        run.extend(["--set", assignment]);
    }
    let output = place.retort(&run);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(sheets(&place, "run"), ["step-00000000.png"]);
    assert!(!place.path("run/preview.gif").exists());
}
