//! The CUDA kernels without a GPU: a C++ compiler compiles the very text that
//! NVRTC compiles at run time, the threads of a block run as fibers, and a
//! plain reference says what is right. Layouts come from the same code that
//! chooses them for a GPU.
//!
//! Skipped, with a printed reason, where there is no C++ compiler.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[allow(dead_code, reason = "launch sizes are for the host side")]
#[path = "../src/kernel/cuda/variant.rs"]
mod variant;

use variant::Layout;

/// Sizes to run: heads, channels, nodes, most edges of a node, and how many
/// elements the start of the rows is a multiple of.
type Size = (usize, usize, usize, usize, usize);

const SHAPES: [Size; 15] = [
    (4, 32, 60, 100, 4),
    (1, 1, 200, 100, 4),
    (2, 8, 120, 60, 4),
    (3, 5, 90, 40, 4),
    (8, 16, 40, 40, 4),
    (5, 12, 60, 30, 4),
    (1, 64, 50, 40, 4),
    (2, 100, 30, 20, 4),
    (1, 130, 30, 20, 4),
    (2, 512, 8, 20, 4),
    (3, 33, 30, 30, 4),
    (1, 514, 10, 14, 4),
    (2, 150, 16, 14, 4),
    (40, 3, 20, 20, 4),
    (4, 8, 40, 40, 1),
];

/// Additive or dynamic scores, with edge terms or without.
const SCORES: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

/// Cases of one layout: the program text that names them.
#[derive(Default)]
struct Program {
    text: String,
    calls: String,
    layouts: usize,
}

impl Program {
    /// The kernels once more, with these macros, in a namespace of their own.
    fn instance(&mut self, layout: Layout, scalar: &str, dynamic: bool, edge: bool) -> String {
        let name = format!("case{}", self.layouts);
        self.layouts += 1;
        let file = if layout == Layout::Wide { "wide.cu" } else { "attention.cu" };
        let mut defines = layout.defines(scalar, dynamic, edge);
        // Functions of C have one name in the whole program.
        for kernel in ["attend", "attend_hubs", "attend_wide"] {
            defines.push((kernel, format!("{name}_{kernel}")));
        }
        writeln!(self.text, "namespace {name} {{").unwrap();
        let macro_name = |key: &str| match key.chars().all(char::is_uppercase) {
            true => format!("GAT_{key}"),
            false => key.to_owned(),
        };
        for (key, value) in &defines {
            writeln!(self.text, "#define {} {value}", macro_name(key)).unwrap();
        }
        writeln!(self.text, "#include \"common.cu\"\n#include \"{file}\"").unwrap();
        for (key, _) in &defines {
            writeln!(self.text, "#undef {}", macro_name(key)).unwrap();
        }
        writeln!(self.text, "#undef OPERANDS\n#undef PACKED\n}}").unwrap();
        name
    }

    fn add(&mut self, shape: Size, bytes: usize, dynamic: bool, edge: bool) {
        let (heads, channels, nodes, most, aligned) = shape;
        let scalar = if bytes == 4 { "float" } else { "double" };
        let layout = Layout::new(bytes, heads, channels, aligned);
        let instance = self.instance(layout, scalar, dynamic, edge);
        let wide = layout == Layout::Wide;
        let kernels = if wide {
            format!("nullptr, nullptr, {instance}::{instance}_attend_wide")
        } else {
            format!("{instance}::{instance}_attend, {instance}::{instance}_attend_hubs, nullptr")
        };
        let mut specials = vec!["PLAIN", "SCORE_OVERFLOWS", "NO_EDGES"];
        if !dynamic && !edge {
            specials.push("HUGE_SCORES");
            if !wide {
                specials.push("RESULT_OVERFLOWS");
            }
        }
        for (number, special) in specials.into_iter().enumerate() {
            writeln!(
                self.calls,
                "    check<{scalar}>({{\"{scalar} {layout:?} dynamic={dynamic} edge={edge} {special}\", \
                 {}ull, {nodes}, {heads}, {channels}, {most}, {}, {dynamic}, {edge}, {wide}, {special}}}, {kernels});",
                self.layouts * 10 + number,
                layout.heads_of_a_warp(),
            )
            .unwrap();
        }
    }

    fn source(&self) -> String {
        let mut dense = String::new();
        let mut calls = String::new();
        for scalar in ["float", "double"] {
            let names = ["first_not_finite", "head_dot", "fill_loops"];
            let renamed = names.map(|name| format!("{scalar}_{name}"));
            writeln!(dense, "namespace dense_{scalar} {{\n#define GAT_SCALAR {scalar}").unwrap();
            for (name, renamed) in names.iter().zip(&renamed) {
                writeln!(dense, "#define {name} {renamed}").unwrap();
            }
            writeln!(dense, "#include \"common.cu\"\n#include \"dense.cu\"\n#undef GAT_SCALAR").unwrap();
            for name in names {
                writeln!(dense, "#undef {name}").unwrap();
            }
            writeln!(dense, "#undef OPERANDS\n#undef PACKED\n}}").unwrap();
            let functions: Vec<String> = renamed.iter().map(|n| format!("dense_{scalar}::{n}")).collect();
            writeln!(calls, "    check_dense<{scalar}>({});", functions.join(", ")).unwrap();
        }
        format!(
            "#include \"checks.h\"\n{}{dense}\nint main() {{\n{}{calls}    \
             std::printf(\"%d cases, largest error %.2e (float), %.2e (double)\\n\", cases_run, worst[0], worst[1]);\n    \
             return failures > 0;\n}}\n",
            self.text, self.calls
        )
    }
}

fn compiler() -> Option<String> {
    let wanted = std::env::var("CXX").ok();
    let names = wanted.into_iter().chain(["c++", "g++", "clang++"].map(String::from));
    let works =
        |name: &String| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    names.into_iter().find(works)
}

/// Compiles and runs one program; the compiler's or the program's complaints.
fn compile_and_run(compiler: &str, folder: &Path, name: &str, source: &str) -> Result<String, String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (file, program) = (folder.join(format!("{name}.cpp")), folder.join(name));
    std::fs::write(&file, source).unwrap();
    let compiled = Command::new(compiler)
        // longjmp between stacks looks like an attack to _FORTIFY_SOURCE.
        .args(["-std=c++17", "-Og", "-w", "-U_FORTIFY_SOURCE", "-ffp-contract=off", "-o"])
        .arg(&program)
        .arg("-I")
        .arg(root.join("tests/emulator"))
        .arg("-I")
        .arg(root.join("src/kernel/cuda"))
        .arg(&file)
        .output()
        .unwrap();
    if !compiled.status.success() {
        let log = String::from_utf8_lossy(&compiled.stderr);
        return Err(log.lines().take(30).collect::<Vec<_>>().join("\n"));
    }
    let run = Command::new(&program).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    match run.status.success() {
        true => Ok(said),
        false => Err(format!("{said}{:?}", run.status)),
    }
}

#[test]
fn the_kernels_agree_with_a_plain_reference() {
    let Some(compiler) = compiler() else {
        println!("skipped: no C++ compiler (c++, g++ or clang++, or $CXX)");
        return;
    };
    // Two programs, so that two processors compile.
    let mut programs = [Program::default(), Program::default()];
    for (number, shape) in SHAPES.into_iter().enumerate() {
        for (which, (dynamic, edge)) in SCORES.into_iter().enumerate() {
            // All four for the first shapes, two of the four for the others.
            if number < 2 || which % 2 == number % 2 {
                programs[number % 2].add(shape, 4, dynamic, edge);
            }
        }
        if number % 5 == 0 {
            programs[number % 2].add(shape, 8, number % 2 == 1, number % 3 == 0);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let results: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = programs
            .iter()
            .enumerate()
            .map(|(number, program)| {
                let (compiler, folder) = (&compiler, folder.path());
                scope.spawn(move || {
                    compile_and_run(compiler, folder, &format!("kernels{number}"), &program.source())
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for result in results {
        match result {
            Ok(said) => print!("{said}"),
            Err(log) => panic!("{log}"),
        }
    }
}
