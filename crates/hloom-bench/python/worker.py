"""A worker of hloom's benchmark harness: one implementation of one benchmark at one size, in Python.

Reads a JSON object a line from standard input and answers each with one on standard output, as `src/protocol.rs` describes;
ends when its input does. What anything else prints goes to standard error. Nothing outside Python's own library is needed
until a request names a side.
"""

import functools
import gc
import importlib.metadata
import importlib.util
import inspect
import io
import itertools
import json
import linecache
import os
import platform
import re
import signal
import sys
import time
import traceback
import warnings

LIBRARIES = ("numpy", "jax", "jaxlib", "mlx", "torch", "threadpoolctl")

# An error of JAX has a page of explanation after what it says.
LONGEST_MESSAGE = 600


class Refused(Exception):
    """A request that cannot be carried out; its text is the answer."""


class Unsupported(Exception):
    """The library lacks something that the computation needs."""


class Library:
    """NumPy, and what the libraries do that have no arrays of their own to wait for and nothing to compile."""

    def __init__(self):
        import numpy

        self.numpy = self.np = numpy

    def details(self):
        return {"cpus": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())}

    def array(self, array):
        # A program that writes to its inputs would compute something else each time.
        array.flags.writeable = False
        return array

    def to_numpy(self, result):
        return self.numpy.asarray(result)

    def load(self, run, inputs):
        """The function to call and wait for, its first result, and what is to be answered."""
        compute = functools.partial(run, self.np, *inputs)
        start = time.perf_counter_ns()
        result = self.wait(compute())
        first_ns = time.perf_counter_ns() - start
        return self.waited(compute, result), result, {"first_ns": first_ns}

    def waited(self, compute, result):
        """The function that computes and waits, where results are like this one."""
        wait = self.waiter(result)
        return compute if wait is None else lambda: wait(compute())

    def wait(self, result):
        wait = self.waiter(result)
        return result if wait is None else wait(result)

    def waiter(self, result):
        """The cheapest function that waits for results like this one; none where results are there at once."""
        return None

    def lacks(self, error):
        """Whether an error says that the library has no such thing."""
        says_so = re.search(r"not (yet )?(supported|implemented)", str(error), re.IGNORECASE)
        return isinstance(error, (AttributeError, NotImplementedError, TypeError)) or says_so is not None

    def explain(self):
        return []


class Numpy(Library):
    def details(self):
        details = super().details()
        if importlib.util.find_spec("threadpoolctl") is None:
            blas = self.np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
            details["blas"] = " ".join(str(blas[key]) for key in ("name", "version") if blas.get(key))
            return details
        import threadpoolctl

        for pool in threadpoolctl.threadpool_info():
            if pool.get("user_api") == "blas":
                known = (pool.get(key) for key in ("internal_api", "version", "architecture"))
                details["blas"] = " ".join(str(word) for word in known if word)
                details["threads"] = str(pool["num_threads"])
        return details

    def lacks(self, error):
        return False


class EagerJax(Library):
    def __init__(self):
        super().__init__()
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax
        import jax.numpy

        jax.config.update("jax_enable_x64", True)
        self.jax, self.np = jax, jax.numpy

    def details(self):
        x64 = "on" if self.jax.config.jax_enable_x64 else "off"
        return {**super().details(), "device": self.jax.devices()[0].device_kind, "x64": x64}

    def array(self, array):
        return self.jax.block_until_ready(self.jax.device_put(array))

    def waiter(self, result):
        # jax.block_until_ready looks for arrays in anything, which takes longer than a small computation.
        if hasattr(result, "block_until_ready"):
            return lambda result: result.block_until_ready()
        return self.jax.block_until_ready

    def lacks(self, error):
        # Masks under jax.jit are an IndexError of this kind.
        return super().lacks(error) or isinstance(error, self.jax.errors.NonConcreteBooleanIndexError)


class Jax(EagerJax):
    def load(self, run, inputs):
        compiled = self.jax.jit(functools.partial(run, self.np))
        start = time.perf_counter_ns()
        traced = compiled.trace(*inputs)
        traced_ns = time.perf_counter_ns()
        executable = traced.lower().compile()
        compile_ns = time.perf_counter_ns() - traced_ns
        result = self.wait(executable(*inputs))
        first_ns = time.perf_counter_ns() - start
        self.executable = executable
        # What users call is the function, whose own first call does some of the above again.
        call = self.waited(functools.partial(compiled, *inputs), result)
        start = time.perf_counter_ns()
        result = call()
        again_ns = time.perf_counter_ns() - start
        return call, result, {"compile_ns": compile_ns, "first_ns": first_ns, "again_ns": again_ns}

    def explain(self):
        text = self.executable.as_text()
        # Where in the sources an operation was written: tables at the start, and a place in them for each.
        text = re.sub(r"\n(FileNames|FunctionNames|FileLocations|StackFrames)\n(\d+ .*\n)*", "\n", text)
        text = re.sub(r", (metadata|backend_config)=\{.*?\}(?=,|$)", "", text, flags=re.MULTILINE)
        text = re.sub(r"\n{3,}", "\n\n", text)
        fusions = sum(" fusion(" in line for line in text.splitlines())
        texts = [("fusions", str(fusions)), ("optimized HLO", text)]
        memory = self.executable.memory_analysis()
        if memory is not None:
            texts.insert(1, ("temporary memory", f"{memory.temp_size_in_bytes} bytes"))
        return texts


class Mlx(Library):
    def __init__(self):
        super().__init__()
        import mlx.core

        mlx.core.set_default_device(mlx.core.cpu)
        self.np = mlx.core

    def details(self):
        return {**super().details(), "device": str(self.np.default_device())}

    def array(self, array):
        # Without the dtype float64 would become float32.
        dtype = getattr(self.np, "bool_" if array.dtype.name == "bool" else array.dtype.name, None)
        if dtype is None:
            raise Unsupported(f"mlx has no {array.dtype}")
        moved = self.np.array(array, dtype=dtype)
        self.np.eval(moved)
        return moved

    def to_numpy(self, result):
        if getattr(result, "dtype", None) == self.np.bfloat16:
            raise Refused("NumPy has no bfloat16")
        return self.numpy.array(result)

    def waiter(self, result):
        evaluate = self.np.eval

        def wait(result):
            evaluate(result)
            return result

        return wait


class Torch(Library):
    def __init__(self):
        super().__init__()
        import torch

        self.np = torch
        # What is made without a dtype has NumPy's, and gradients are nothing that the others get ready for.
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)

    def details(self):
        return {**super().details(), "threads": str(self.np.get_num_threads())}

    def array(self, array):
        return self.np.from_numpy(array.copy())

    def to_numpy(self, result):
        if getattr(result, "dtype", None) == self.np.bfloat16:
            raise Refused("NumPy has no bfloat16")
        return result.numpy() if isinstance(result, self.np.Tensor) else self.numpy.asarray(result)


# `jax-reuse` differs in how the process was started: the C library's allocator keeps pages.
SIDES = {
    "numpy": ("numpy", Numpy),
    "jax": ("jax", Jax),
    "jax-eager": ("jax", EagerJax),
    "jax-reuse": ("jax", Jax),
    "mlx": ("mlx", Mlx),
    "torch": ("torch", Torch),
}


def versions():
    """The versions of the libraries that there are, none of which is imported."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        if importlib.util.find_spec(name) is not None:
            try:
                found[name] = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                found[name] = "unknown"
    return found


def library(side):
    if not isinstance(side, str) or side not in SIDES:
        raise Refused(f"unknown side `{side}`: expected one of {', '.join(SIDES)}")
    try:
        return SIDES[side][1]()
    except ImportError as error:
        raise Refused(f"cannot import {SIDES[side][0]}: {error}") from error


def described(error):
    message = f"{type(error).__name__}: {error}".strip()
    return message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE].rstrip() + " …"


class Worker:
    def __init__(self):
        self.library = None
        self.call = None
        self.result = None

    def hello(self, side=None):
        if side is None:
            return {"versions": versions()}
        details = library(side).details()
        return {"versions": versions(), "details": details}

    def load(self, side, source, files, benchmark="", n=0):
        self.call = self.result = None
        self.library = library(side)
        if not isinstance(source, str):
            raise Refused(f"{benchmark}: no source for {side}")
        name = f"<{benchmark}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)

        def load():
            scope = {"__name__": "benchmark"}
            exec(compile(source, name, "exec"), scope)
            if not callable(scope.get("run")):
                raise Refused(f"{benchmark}: the source defines no `run`")
            inputs = [self.library.array(self.library.numpy.load(file, allow_pickle=False)) for file in files]
            return self.library.load(scope["run"], inputs)

        self.call, self.result, answer = self.guarded(load)
        return answer

    def save(self, folder):
        self.loaded()
        if self.result is None:
            self.result = self.guarded(self.call)
        results = self.result if isinstance(self.result, (tuple, list)) else [self.result]
        paths = []
        for idx, result in enumerate(results):
            array = self.library.to_numpy(result)
            if array.dtype.kind not in "biufc":
                raise Refused(f"result {idx}: NumPy has no dtype for it: {array.dtype}")
            paths.append(os.path.join(folder, f"out{idx}.npy"))
            self.library.numpy.save(paths[-1], array, allow_pickle=False)
        return {"files": paths}

    def time(self, count, inner):
        self.loaded()
        if not all(isinstance(number, int) and number > 0 for number in (count, inner)):
            raise Refused(f"time: expected positive numbers, got a count of {count} and {inner} computations")
        self.result = None
        return {"samples": self.guarded(lambda: samples(self.call, count, inner))}

    def memory(self):
        return {"peak_bytes": peak_bytes()}

    def explain(self):
        self.loaded()
        return {"texts": self.library.explain()}

    def loaded(self):
        if self.call is None:
            raise Refused("nothing was loaded")

    def guarded(self, function):
        """Calls a function of the benchmark."""
        try:
            return function()
        except (Refused, Unsupported):
            raise
        # A benchmark that asks for the end of its process must not get it.
        except BaseException as error:
            if self.library.lacks(error):
                raise Unsupported(described(error)) from error
            traceback.print_exc()
            raise Refused(described(error)) from error

    def answer(self, line):
        """What is to be answered to a line."""
        try:
            try:
                request = json.loads(line)
            except ValueError as error:
                raise Refused(f"not JSON: {error}") from error
            if not isinstance(request, dict) or not isinstance(request.get("do"), str):
                raise Refused("expected an object that says what to `do`")
            name = request.pop("do")
            if name not in ("hello", "load", "save", "time", "memory", "explain"):
                raise Refused(f"unknown request `{name}`")
            try:
                bound = self.bound(name, request)
            except TypeError as error:
                raise Refused(str(error)) from error
            return bound()
        except Refused as error:
            return {"error": str(error)}
        except Unsupported as error:
            return {"error": str(error), "unsupported": True}
        except BaseException as error:
            return {"error": described(error)}

    def bound(self, name, fields):
        method = getattr(self, name)
        inspect.signature(method).bind(**fields)
        return lambda: method(**fields)


def samples(call, count, inner):
    """Nanoseconds of each call, `count` times those of `inner` calls together."""
    found, clock = [], time.perf_counter_ns
    gc.collect()
    gc.disable()
    try:
        for _ in range(count):
            if inner == 1:
                start = clock()
                result = call()
                found.append(float(clock() - start))
                # To give memory back is another's time.
                del result
            else:
                start = clock()
                for _ in itertools.repeat(None, inner):
                    call()
                found.append((clock() - start) / inner)
    finally:
        gc.enable()
    return found


def peak_bytes():
    """The most memory that this process has had."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    # Kilobytes, but bytes on macOS.
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


def main():
    # The parent gets the same signal, and decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    requests, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    # Whatever a library reads or prints must not get between the lines.
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    worker = Worker()
    with io.FileIO(answers, "w") as answers:
        for line in requests:
            text = json.dumps(worker.answer(line))
            try:
                answers.write(text.encode("ascii") + b"\n")
            except BrokenPipeError:
                return


main()
