//! Temporary files of a batch that was killed before it could tidy up.

use std::fs;
use std::path::Path;

/// Removes temporaries in a folder whose process is gone. What cannot be removed stays.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(owner);
        if owner.is_some_and(|pid| !is_alive(pid)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The process that writes a temporary: `.NAME.tmp-PID`.
fn owner(name: &str) -> Option<i32> {
    let (_, pid) = name.strip_prefix('.')?.rsplit_once(".tmp-")?;
    pid.parse().ok().filter(|pid| *pid > 0)
}

/// Whether a process of that number runs. Where that cannot be seen, it may.
fn is_alive(pid: i32) -> bool {
    let processes = Path::new("/proc");
    !processes.join("self").exists() || processes.join(pid.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_writes_any_more_goes() {
        let dir = tempfile::tempdir().unwrap();
        let mine = format!(".a.md.tmp-{}", std::process::id());
        // No process has the largest number.
        let gone = format!(".a.json.tmp-{}", i32::MAX);
        for name in [mine.as_str(), &gone, "a.md", ".hidden", ".x.tmp-"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        sweep(dir.path());
        let mut left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let mut expected = vec![".hidden".to_owned(), ".x.tmp-".into(), mine, "a.md".into()];
        expected.sort();
        assert_eq!(left, expected);
    }
}
