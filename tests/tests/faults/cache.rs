//! The cache of compiled programs on disk: damage, strangers and missing folders mean that programs are
//! compiled, never errors and never wrong values.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, RenameFlags};
use sha2::{Digest, Sha256};

use crate::child::{Child, plugin};

/// A user who is neither root nor whoever runs the tests.
const STRANGER: u32 = 54_321;

const VALUES: &str = "value 295\nvalue [0.0, 0.25, 0.5, 0.75, 1.0]\n";

/// A process that keeps its programs under a folder.
fn with_cache(folder: &Path) -> Child {
    with_cache_of("sum", folder)
}

fn with_cache_of(scenario: &str, folder: &Path) -> Child {
    Child::bare(scenario).env("HLOOM_PLUGIN_CPU", plugin()).env("HLOOM_CACHE_DIR", folder)
}

/// Compiled programs and loaded ones of a process, whose values must be right.
fn counts(child: Child) -> (u64, u64) {
    let text = child.stdout();
    let counts = text.strip_prefix(VALUES).unwrap_or_else(|| panic!("wrong values: {text}"));
    let number = |name: &str| counts.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().parse().unwrap();
    (number("compiles "), number("disk_hits "))
}

/// The values of so many programs that all take and return the same types, and how many of these were compiled and loaded.
fn family(folder: &Path, n_programs: u64) -> (Vec<String>, u64, u64) {
    let text = with_cache_of("family", folder).arg(n_programs.to_string()).stdout();
    let (values, counts): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("value "));
    let [compiles, hits] = ["compiles ", "disk_hits "]
        .map(|name| counts.iter().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap());
    (values.into_iter().map(str::to_owned).collect(), compiles, hits)
}

/// A cache that a process has filled. Filling one takes a while, so that tests copy it.
fn filled() -> tempfile::TempDir {
    static FILLED: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(counts(with_cache(folder.path())), (2, 0));
        folder
    });
    let copy = tempfile::tempdir().unwrap();
    for part in ["executables", "hashes"] {
        let (from, to) = (FILLED.path().join(part), copy.path().join(part));
        fs::create_dir(&to).unwrap();
        fs::set_permissions(&to, fs::Permissions::from_mode(0o700)).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    copy
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let paths = all_programs(folder);
    assert_eq!(paths.len(), 2, "{paths:?}");
    paths
}

fn all_programs(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder.join("executables")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn the_second_process_compiles_nothing() {
    assert_eq!(counts(with_cache(filled().path())), (0, 2));
}

#[test]
fn damaged_programs_are_compiled_again() {
    type Damage = (&'static str, fn(&mut Vec<u8>));
    let damages: [Damage; 6] = [
        ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("emptied", Vec::clear),
        ("a bit of the head", |bytes| bytes[3] ^= 1),
        ("a bit of the checksum", |bytes| bytes[20] ^= 0x80),
        ("a bit of the program", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
        }),
        ("longer", |bytes| bytes.extend([0; 100])),
    ];
    for (name, damage) in damages {
        let folder = filled();
        for path in programs(folder.path()) {
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, bytes).unwrap();
        }
        assert_eq!(counts(with_cache(folder.path())), (2, 0), "{name}");
        // What was damaged has been replaced.
        assert_eq!(counts(with_cache(folder.path())), (0, 2), "{name}");
    }
}

#[test]
fn swapped_programs_are_not_run() {
    let folder = filled();
    let paths = programs(folder.path());
    let contents: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_ne!(contents[0], contents[1]);
    fs::write(&paths[0], &contents[1]).unwrap();
    fs::write(&paths[1], &contents[0]).unwrap();
    assert_eq!(counts(with_cache(folder.path())), (2, 0));
}

/// Both programs take and return the same types, so that nothing but the file's name tells them apart.
#[test]
fn swapped_programs_of_one_signature_are_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = || Child::bare("twins").env("HLOOM_PLUGIN_CPU", plugin()).env("HLOOM_CACHE_DIR", folder.path()).stdout();
    let expected = "value [5, 7, 9]\nvalue [4, 10, 18]\n";
    assert_eq!(run(), expected);
    let paths = programs(folder.path());
    let swap = folder.path().join("swap");
    fs::rename(&paths[0], &swap).unwrap();
    fs::rename(&paths[1], &paths[0]).unwrap();
    fs::rename(&swap, &paths[1]).unwrap();
    assert_eq!(run(), expected);
}

#[test]
fn folders_that_cannot_be_used_are_done_without() {
    let folder = filled();
    let executables = folder.path().join("executables");
    fs::set_permissions(&executables, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(counts(with_cache(folder.path())), (2, 0), "others can write the folder");
    fs::remove_dir_all(&executables).unwrap();
    fs::write(&executables, "in the way").unwrap();
    assert_eq!(counts(with_cache(folder.path())), (2, 0), "a file is in the way");
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    assert_eq!(counts(with_cache(&file)), (2, 0), "the cache itself is a file");
    assert_eq!(counts(with_cache(Path::new("/proc/none"))), (2, 0), "no folder can be made");
    let linked = filled();
    let target = linked.path().join("target");
    fs::rename(linked.path().join("executables"), &target).unwrap();
    std::os::unix::fs::symlink(&target, linked.path().join("executables")).unwrap();
    assert_eq!(counts(with_cache(linked.path())), (2, 0), "the folder is a link");
}

/// Who can write a folder above the cache can put another in its place, between any two looks at it.
#[test]
fn folders_under_one_that_others_can_write_are_not_used() {
    let folder = filled();
    let cache = folder.path().join("above/cache");
    fs::create_dir(folder.path().join("above")).unwrap();
    fs::create_dir(&cache).unwrap();
    for part in ["executables", "hashes"] {
        fs::rename(folder.path().join(part), cache.join(part)).unwrap();
    }
    assert_eq!(counts(with_cache(&cache)), (0, 2));
    for above in [&cache, &folder.path().join("above")] {
        fs::set_permissions(above, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(counts(with_cache(&cache)), (2, 0), "{}", above.display());
        fs::set_permissions(above, fs::Permissions::from_mode(0o755)).unwrap();
    }
    // The same for one that another user owns. Only root can give files away.
    match std::os::unix::fs::chown(folder.path().join("above"), Some(STRANGER), None) {
        Ok(()) => assert_eq!(counts(with_cache(&cache)), (2, 0), "a stranger's folder"),
        Err(error) => println!("skipped: a folder cannot be given to another user: {error}"),
    }
}

/// The programs of a race, and how many processes load them all, one after another.
const RACE: (u64, u64) = (16, 3);

/// Ends a race, also if it is lost.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Two folders are exchanged all the time, one the user's and one of a stranger. In the stranger's, each program is what
/// belongs under the name of another, under the head of its own.
#[test]
fn a_folder_that_is_exchanged_while_programs_are_loaded_is_not_used() {
    let (n_programs, n_processes) = RACE;
    let folder = tempfile::tempdir().unwrap();
    let [own, strange] = ["own", "strange"].map(|name| folder.path().join(name));
    let run = |folder: &Path| family(&folder.join("cache"), n_programs);
    fs::create_dir(&own).unwrap();
    let (values, compiles, hits) = run(&own);
    assert_eq!((compiles, hits), (n_programs, 0));
    assert!(std::process::Command::new("cp").arg("-a").args([&own, &strange]).status().unwrap().success());
    let paths = all_programs(&strange.join("cache"));
    assert_eq!(paths.len() as u64, n_programs);
    let contents: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for (idx, path) in paths.iter().enumerate() {
        let (head, payload) = (&contents[idx][..32], &contents[(idx + 1) % contents.len()][64..]);
        let sum = Sha256::new().chain_update(head).chain_update(payload).finalize();
        fs::write(path, [head, &sum, payload].concat()).unwrap();
    }
    // What lies in the stranger's folder would be run if the folder were the user's.
    let (forged, compiles, hits) = run(&strange);
    assert_eq!((compiles, hits), (0, n_programs));
    assert!(forged.iter().zip(&values).all(|(forged, value)| forged != value), "{forged:?}");
    if let Err(error) = std::os::unix::fs::chown(&strange, Some(STRANGER), None) {
        println!("skipped: a folder cannot be given to another user: {error}");
        return;
    }
    let is_done = AtomicBool::new(false);
    let (n_compiled, n_exchanged) = std::thread::scope(|scope| {
        let exchange = scope.spawn(|| {
            let mut n_exchanged = 0u64;
            while !is_done.load(Ordering::Relaxed) {
                rustix::fs::renameat_with(CWD, &own, CWD, &strange, RenameFlags::EXCHANGE)?;
                n_exchanged += 1;
            }
            rustix::io::Result::Ok(n_exchanged)
        });
        let end = End(&is_done);
        let mut n_compiled = 0;
        for _ in 0..n_processes {
            let (found, compiles, _) = run(&own);
            assert_eq!(found, values);
            n_compiled += compiles;
        }
        drop(end);
        (n_compiled, exchange.join().unwrap())
    });
    match n_exchanged {
        Ok(n_exchanged) => println!(
            "{} loads, {n_compiled} of them refused or missed, {n_exchanged} exchanges",
            n_programs * n_processes
        ),
        Err(error) => println!("skipped: folders cannot be exchanged here: {error}"),
    }
}

#[test]
fn programs_that_others_can_change_are_compiled_again() {
    type Change = (&'static str, fn(&Path));
    let changes: [Change; 4] = [
        ("writable", |path| fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap()),
        ("a link", |path| {
            let target = path.with_extension("target");
            fs::rename(path, &target).unwrap();
            std::os::unix::fs::symlink(&target, path).unwrap();
        }),
        // Opening a pipe waits for somebody who writes to it.
        ("a pipe", |path| {
            fs::remove_file(path).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
        ("a stranger's", |path| match std::os::unix::fs::chown(path, Some(STRANGER), None) {
            Ok(()) => {}
            Err(error) => {
                println!("skipped: a file cannot be given to another user: {error}");
                fs::remove_file(path).unwrap();
            }
        }),
    ];
    for (name, change) in changes {
        let folder = filled();
        programs(folder.path()).iter().for_each(|path| change(path));
        assert_eq!(counts(with_cache(folder.path())), (2, 0), "{name}");
        // What was there has been replaced.
        assert_eq!(counts(with_cache(folder.path())), (0, 2), "{name}");
    }
}

/// The head of a file names the program, but its content is that of another.
#[test]
fn a_program_under_the_head_of_another_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = || Child::bare("twins").env("HLOOM_PLUGIN_CPU", plugin()).env("HLOOM_CACHE_DIR", folder.path()).stdout();
    let expected = "value [5, 7, 9]\nvalue [4, 10, 18]\n";
    assert_eq!(run(), expected);
    let paths = programs(folder.path());
    let contents: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for (path, (head, content)) in paths.iter().zip([(&contents[0], &contents[1]), (&contents[1], &contents[0])]) {
        fs::write(path, [&head[..32], &content[32..]].concat()).unwrap();
    }
    assert_eq!(run(), expected);
}

#[test]
fn processes_share_a_folder_at_once() {
    let folder = filled();
    fs::remove_dir_all(folder.path().join("executables")).unwrap();
    std::thread::scope(|scope| {
        let processes: Vec<_> = (0..4).map(|_| scope.spawn(|| counts(with_cache(folder.path())))).collect();
        for process in processes {
            let (compiles, hits) = process.join().unwrap();
            assert_eq!(compiles + hits, 2);
        }
    });
    programs(folder.path());
    assert_eq!(counts(with_cache(folder.path())), (0, 2));
}
