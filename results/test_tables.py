"""Tests of the tables and of their marks:  python3 -m unittest discover -s results"""
import json, pathlib, statistics, tempfile, unittest

import compare_torch, growth, tables, write_tables


def summary(seed, **scores):
    """A summary with scores of given values, one a network."""
    score = {name: {"mean": statistics.mean(values), "std": statistics.stdev(values), "runs": len(values)}
             for name, values in scores.items()}
    return {"seed": seed, "scores": score}


class Scores(unittest.TestCase):
    # Networks of one set agree, sets of different seeds do not.
    seeds = [summary(0, distilled=[0.797, 0.799]), summary(1, distilled=[0.728, 0.730]), summary(2, distilled=[0.818, 0.820])]

    def test_the_spread_of_several_seeds_is_over_seeds(self):
        self.assertEqual(tables.score(self.seeds, "distilled", 3), "0.782 ± 0.047")

    def test_the_spread_of_one_seed_is_over_networks_and_says_so(self):
        self.assertEqual(tables.score(self.seeds[:1], "distilled", 3), "0.798 ± 0.001 (over 2 networks)")

    def test_seeds_without_a_score_are_not_counted_silently(self):
        diverged = [*self.seeds[:2], {"seed": 2, "scores": {}}]
        self.assertEqual(tables.score(diverged, "distilled", 3), "0.764 ± 0.049 (2 seeds)")
        self.assertEqual(tables.score(self.seeds, "herding", 3), "–")

    def test_a_small_spread_is_not_none(self):
        self.assertEqual([tables.spread(value, 3) for value in [0.0123, 0.0004, 0.00002, 0]],
                         ["0.012", "0.0004", "0.00002", "0.000"])


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = pathlib.Path(folder.name)
        self.folder = self.results / "some-day"
        self.folder.mkdir()

    def test_rows_are_in_the_order_of_their_seeds(self):
        for seed in [10, 9]:
            (self.folder / f"digits-1-seed-{seed}.json").write_text(json.dumps(summary(seed, distilled=[0.5, 0.5])))
        self.assertEqual([run["seed"] for run in tables.runs(self.folder, "digits-1")], [9, 10])

    def test_a_mark_is_filled_and_stays(self):
        lines = [{"preset": "one", "peak_memory_bytes": 1_500_000_000}]
        (self.folder / "peak-memory.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        page = "before\n<!-- table:peak-memory some-day -->\nold\n<!-- /table -->\nafter\n"
        filled = write_tables.written(page, self.results)
        self.assertIn("| peak memory, GB | 1.50 |", filled)
        self.assertNotIn("old", filled)
        self.assertTrue(filled.startswith("before\n") and filled.endswith("\nafter\n"))
        self.assertEqual(write_tables.written(filled, self.results), filled)

    def test_what_no_script_can_write_is_named(self):
        for page, word in [
            ("<!-- table:theory some-day -->\n", "not closed"),
            ("<!-- /table -->\n", "not closed"),
            ("<!-- table: theory some-day -->\n<!-- /table -->\n", "not spelt right"),
            ("<!-- table:magic some-day -->\n<!-- /table -->\n", "no table magic"),
            ("<!-- table:theory no-day -->\n<!-- /table -->\n", "no folder"),
            ("| distilled | 0.9 ± 0.1 |\n", "no script writes"),
        ]:
            with self.subTest(page), self.assertRaisesRegex(write_tables.Mistake, word):
                write_tables.written(page, self.results)
        said = "```text\n| 0.9 ± 0.1 |\n```\nor 0.9 ± 0.1 in words and `<!-- table:NAME FOLDER -->`\n"
        self.assertEqual(write_tables.written(said, self.results), said)

    def test_thresholds_say_how_many_seeds_have_them(self):
        found = [(1, 4), (1, 4), (1, None), (2, 8), (2, 8), (2, 8)]
        thresholds = [{"dim": 32, "rank": rank, "points": points} for rank, points in found]
        tried = [{"dim": 32, "rank": rank, "points": points} for rank, points in [(1, 2), (1, 4), (2, 8), (2, 16)]]
        (self.folder / "memory-law").mkdir()
        law = {"law": {"thresholds": thresholds, "observations": tried}}
        (self.folder / "memory-law/summary.json").write_text(json.dumps(law))
        self.assertEqual(tables.memory_law(self.folder)[2:], ["| r = 1 | 4 of two seeds, more than 4 of one |", "| r = 2 | 8 |"])

    def test_a_width_is_that_which_was_measured(self):
        machine = self.folder / growth.MACHINE
        for text, width in [("cores: 2\n", growth.WIDTH), ("cores: 2\nwidth: 64\n", 64)]:
            machine.write_text(text)
            self.assertEqual(growth.width_of(self.folder), width)


class Comparison(unittest.TestCase):
    def test_rounds_are_compared_one_by_one(self):
        pairs = [(100, 200), (300, 200), (90, 100)]
        lines = [{"case": "unroll", "engine": engine, "median_ms": time}
                 for pair in pairs for engine, time in zip(["retort", "torch"], pair)]
        ours, theirs, ratios = compare_torch.compared(lines)["unroll"]
        self.assertEqual((ours, theirs, ratios), (100, 200, [0.5, 1.5, 0.9]))
        with self.assertRaises(ValueError):
            compare_torch.compared(lines[1:] + lines[:1])


if __name__ == "__main__":
    unittest.main()
