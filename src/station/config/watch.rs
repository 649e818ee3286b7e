//! Whether the file says something else by now than when the program started. `balie provision` may come after
//! the touchscreen, which waits for nothing, and a technician may mend the file while it runs.

use std::path::{Path, PathBuf};

use super::DEFAULT_PATH;

/// What the file said when the program started.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    used: Said,
    seen: Said,
}

/// What a file says. Remarks and the order of the lines say nothing.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    Nothing,
    Settings(toml::Table),
    Unreadable(Vec<u8>),
}

impl Watch {
    /// To be begun before the configuration is read; `named` is the file, or the usual one.
    pub fn begin(named: Option<&Path>) -> Self {
        let path = named.unwrap_or(Path::new(DEFAULT_PATH)).to_owned();
        let used = said(&path);
        Self { seen: used.clone(), used, path }
    }

    /// Whether it says something else now. It must have said so the last time already: an editor may be
    /// half-way through writing it.
    pub fn has_changed(&mut self) -> bool {
        let now = said(&self.path);
        let settled = now == self.seen;
        self.seen = now;
        settled && self.seen != self.used
    }
}

fn said(path: &Path) -> Said {
    let Ok(bytes) = std::fs::read(path) else { return Said::Nothing };
    match std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok()) {
        Some(settings) => Said::Settings(settings),
        None => Said::Unreadable(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_setting_is_seen_when_it_has_stayed_and_a_remark_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("balie.toml");
        let mut watch = Watch::begin(Some(&file));
        let mut after = |text: &str| {
            std::fs::write(&file, text).unwrap();
            (watch.has_changed(), watch.has_changed())
        };
        assert_eq!(after("[shop]\nname = \"A\"\n"), (false, true), "there was none before");
        let mut watch = Watch::begin(Some(&file));
        let mut after = |text: &str| {
            std::fs::write(&file, text).unwrap();
            (watch.has_changed(), watch.has_changed())
        };
        assert_eq!(after("# mine\n[shop]\n\nname = 'A'\n"), (false, false));
        assert_eq!(after("[shop]\nname = \"B\"\n"), (false, true));
        assert_eq!(after("[shop]\nname = \n"), (false, true), "a mistake is a change");
        assert_eq!(after("[shop]\nname = \"A\"\n"), (false, false), "back to what is used");
        std::fs::remove_file(&file).unwrap();
        assert_eq!((watch.has_changed(), watch.has_changed()), (false, true));
    }
}
