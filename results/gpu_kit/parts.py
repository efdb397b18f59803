"""What is measured, one function a part."""
import atexit, json, math, os, pathlib, platform, re, shutil, signal, sys, tarfile, tempfile

from record import run

# Where drivers lay the file that names them to the Vulkan loader.
DRIVERS = [folder + "/nvidia_icd.json" for folder in (
    "/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/nvidia/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d")]
# Where drivers lay their libraries, besides the places that every program is given.
LIBRARIES = ["/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/nvidia", "/usr/lib64/nvidia"]
# The sizes of the reference's first case, and those of two-layer-large.
SMALL, LARGE = "d, width, n, m = 512, 1024, 8192, 64", "d, width, n, m = 2048, 8192, 262136, 64"


def unpacked(kit, forms):
    """The programs of the kit, unpacked: `retort-gpu-FORM` and its tests, `contracts-FORM`."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="retort-gpu-kit-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    wanted = [f"{name}-{form}" for form in forms for name in ("retort-gpu", "contracts")]
    with tarfile.open(kit / "programs.tar.xz", "r|xz") as archive:
        for member in archive:
            if member.name in wanted:
                with open(folder / member.name, "wb") as file:
                    shutil.copyfileobj(archive.extractfile(member), file)
                (folder / member.name).chmod(0o755)
    return {name: folder / name for name in wanted}


def said(command, record, seconds=20):
    """What a program prints, on one line; a dash where it cannot."""
    done = run(command, seconds, record)
    return " ".join(done["out"].split()) or "–" if done["status"] == "done" else "–"


def environments(kit, libraries):
    """Ways to find a card's driver, the machine's own first: the loader, then what names the driver to it."""
    files = [file for file in DRIVERS if os.path.exists(file)]
    files += [str(kit / "lib" / name) for name in ("nvidia_glx_icd.json", "nvidia_egl_icd.json")]
    beside = ":".join([os.environ.get("LD_LIBRARY_PATH", "")] * ("LD_LIBRARY_PATH" in os.environ) + libraries)
    for path in [os.environ.get("LD_LIBRARY_PATH"), beside]:
        for file in [None, *files]:
            change = {} if path is None else {"LD_LIBRARY_PATH": path}
            yield change | ({} if file is None else {"VK_DRIVER_FILES": file, "VK_ICD_FILENAMES": file})


def machine(kit, out, binaries, record, budget):
    """Says what the machine is, and finds the environment in which its card is seen."""
    program = str(next(iter(binaries.values())))
    libraries = [folder for folder in LIBRARIES if os.path.isdir(folder)] + [str(kit / "lib")]
    software = None
    for change in environments(kit, libraries):
        done = run([program, "devices"], min(10, budget.left()), record, os.environ | change)
        marked = [line for line in done["out"].splitlines() if line.startswith("*")]
        if marked and "software renderer" not in marked[0]:
            break
        if marked and software is None:
            software = change, done
    else:
        change, done = software or ({}, done)
    facts = {
        "kit": (kit / "kit.txt").read_text().strip().replace("\n", "; "),
        "system": f"{platform.system()} {platform.release()}, {' '.join(platform.libc_ver())}",
        "processor cores": str(os.cpu_count()),
        "card": said(["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"], record),
        "adapters": done["out"].strip() or done["err"].strip(),
        "environment": " ".join(f"{key}={value}" for key, value in change.items()) or "as it was",
    }
    record.keep(part="machine", **facts)
    for name, fact in facts.items():
        record.say(f"- {name}: {fact}")
    return os.environ | change


def torch(record, budget):
    """Whether PyTorch is here and sees a card; says so."""
    question = ("import torch; cuda = torch.cuda.is_available(); "
                "print(torch.__version__, torch.cuda.get_device_name() if cuda else 'without a card')")
    answer = said([sys.executable, "-c", question], record, min(90, budget.left()))
    record.keep(part="torch", answer=answer)
    record.say(f"- PyTorch: {answer if answer != '–' else 'is not here, so nothing is compared with it'}")
    return answer != "–" and "without a card" not in answer


def torch_engines(kit):
    """The reference as it comes (PyTorch's convolutions then round to TF32), and in single precision throughout."""
    reference = [sys.executable, str(kit / "torch_bench.py"), "--device", "cuda"]
    return {"torch": reference, "torch, no TF32": ["env", "NVIDIA_TF32_OVERRIDE=0", *reference]}


def contracts(form, binaries, tests, environment, record, seconds):
    """Runs the contract tests whose names have one of these words in them, or all."""
    environment = environment | {"RETORT_TEST_PROGRAM": str(binaries[f"retort-gpu-{form}"])}
    command = [str(binaries[f"contracts-{form}"]), *tests, "--test-threads", "4"]
    done = run(command, seconds, record, environment)
    # With several threads a test's line is whole: its name, then how it went.
    results = dict(re.findall(r"^test (\S+) \.\.\. (ok|FAILED|ignored)", done["out"], re.MULTILINE))
    passed = [name for name, result in results.items() if result == "ok"]
    failed = [name for name, result in results.items() if result == "FAILED"]
    record.keep(part="contracts", form=form, tests=tests, status=done["status"], seconds=done["seconds"], passed=passed, failed=failed)
    record.say(f"\n## Contracts, {form} ({' '.join(tests) or 'all'})\n\n{len(passed)} passed, {len(failed)} failed, "
               f"{done['status']} after {done['seconds']:.0f} s")
    for name in failed:
        # The test's own section of what libtest prints at the end, as far as it can be read at a glance.
        section = re.search(rf"^---- {re.escape(name)} stdout ----\n(.*?)(?=^---- |^failures:)", done["out"], re.MULTILINE | re.DOTALL)
        record.say(f"- {name}: " + " ".join((section[1] if section else "").split())[:600])


def timed(engine, case, command, environment, record, seconds, more):
    """Runs one case of a benchmark; its median for a table, or why there is none."""
    more = more | {"case": case}
    done = run(command, seconds, record, environment)
    line = {}
    if done["status"] == "done":
        try:
            line = json.loads(done["out"].splitlines()[-1])
        except (ValueError, IndexError):
            done["status"] = "no number printed"
    # `engine` is the form here; what the program calls itself is `program`.
    line["program"] = line.pop("engine", None)
    record.keep(part="bench", engine=engine, status=done["status"], seconds=done["seconds"], **(line | more))
    return f"{line['median_ms']:.1f}" if "median_ms" in line else done["status"]


def ratio(ours, theirs):
    """The ratio of two cells of a table, where both are numbers."""
    try:
        return f"{float(ours) / float(theirs):.2f}"
    except ValueError:
        return "–"


def torch_large(kit, environment, record, seconds):
    """The large case in the reference's own words, which has only the small one: its sizes are written over."""
    text = (kit / "torch_bench.py").read_text()
    if SMALL not in text:
        return "the reference's sizes were not found"
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        # The first place is that of `two-layer`.
        file.write(text.replace(SMALL, LARGE, 1))
        file.flush()
        command = [sys.executable, file.name, "--device", "cuda", "--case", "two-layer", "--repeat", "2"]
        return timed("torch", "two-layer-large", command, environment, record, seconds, {"sizes": LARGE})


def fastest(record, forms):
    """The form that took least time for the cases that all of them did."""
    times = {}
    for line in record.lines:
        if line["part"] == "bench" and "median_ms" in line and line["engine"] in forms:
            times.setdefault((line["case"], line.get("width")), {})[line["engine"]] = line["median_ms"]
    whole = [times for times in times.values() if len(times) == len(forms)]
    logs = {form: sum(math.log(each[form]) for each in whole) if whole else 0 for form in forms}
    return min(forms, key=logs.get) if forms else None


def distil(form, binaries, kit, out, settings, environment, record, budget):
    """mnist-dc in its published settings for as long as there is time, ended by a signal that it stores its state at."""
    record.say(f"\n## `mnist-dc`, 1 a class, {form}\n")
    with tempfile.TemporaryDirectory(prefix="retort-gpu-run-") as folder:
        command = [str(binaries[f"retort-gpu-{form}"]), "distill", "mnist-dc", "--set", f"task.path={kit / 'mnist'}", "--out", f"{folder}/run"]
        for setting in settings:
            command += ["--set", setting]
        # Some time to store its state and to be ended.
        done = run(command, 0.9 * budget.left() - 5, record, environment, signal.SIGINT)
        kept = {"metrics.jsonl": "mnist-dc-metrics.jsonl", "summary.json": "mnist-dc-summary.json",
                "synthetic.safetensors": "mnist-dc.safetensors", "preview.png": "mnist-dc.png"}
        for name, target in kept.items():
            if os.path.exists(f"{folder}/run/{name}"):
                shutil.copy(f"{folder}/run/{name}", out / target)
    lines = (out / "mnist-dc-metrics.jsonl").read_text().splitlines() if (out / "mnist-dc-metrics.jsonl").exists() else []
    steps = json.loads(lines[-1])["done"] if lines else 0
    loss = [json.loads(line)["loss"] for line in lines]
    record.keep(part="mnist-dc", form=form, settings=settings, status=done["status"], seconds=done["seconds"], steps=steps, loss=loss)
    record.say(f"{done['status']} after {done['seconds']:.0f} s and at least {steps} of its outer steps"
               + (f", loss {loss[0]:.4g} to {loss[-1]:.4g}" if loss else ""))
    if done["status"] == "done":
        record.say("\n```\n" + done["out"].strip() + "\n```")
    elif done["err"]:
        record.say("\n```\n" + "\n".join(done["err"].strip().splitlines()[-3:]) + "\n```")
