//! Slint ends in a panic when the machine has no font at all, even though Balie brings its own. So
//! it is looked for before anything is drawn.

use std::path::{Path, PathBuf};

/// Where fonts lie when nothing else is configured.
const FOLDERS: [&str; 4] =
    ["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts", "/usr/X11R6/lib/X11/fonts"];

/// There is no font on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this machine has no fonts, and without one nothing can be drawn; install one, for example: apt install fonts-dejavu-core"
)]
pub struct NoFont;

/// Looks for one font.
///
/// # Errors
/// [`NoFont`] in words when there is none.
pub fn check() -> Result<(), NoFont> {
    let folders = folders(
        std::env::var_os("FONTCONFIG_FILE").map(PathBuf::from),
        std::env::var_os("HOME").map(PathBuf::from),
    );
    if folders.iter().any(|folder| has_font(folder, 6)) { Ok(()) } else { Err(NoFont) }
}

fn folders(configuration: Option<PathBuf>, home: Option<PathBuf>) -> Vec<PathBuf> {
    // A configuration of one's own replaces the folders that are usual.
    if let Some(text) = configuration.and_then(|file| std::fs::read_to_string(file).ok()) {
        let named = text.split("<dir").skip(1).filter_map(|rest| {
            let (_, rest) = rest.split_once('>')?;
            Some(PathBuf::from(rest.split_once("</dir>")?.0.trim()))
        });
        return named.collect();
    }
    let own = home.into_iter().flat_map(|home| [home.join(".fonts"), home.join(".local/share/fonts")]);
    FOLDERS.iter().map(PathBuf::from).chain(own).collect()
}

fn has_font(folder: &Path, depth: u8) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return depth > 0 && has_font(&path, depth - 1);
        }
        path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
            ["ttf", "otf", "ttc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_that_names_an_empty_folder_has_no_font() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        let file = folder.path().join("fonts.conf");
        std::fs::write(
            &file,
            format!("<fontconfig><dir prefix=\"x\">{}</dir></fontconfig>", empty.display()),
        )
        .unwrap();
        let found = folders(Some(file), None);
        assert_eq!(found, std::slice::from_ref(&empty));
        assert!(!has_font(&empty, 6));
        std::fs::create_dir(empty.join("deeper")).unwrap();
        std::fs::write(empty.join("deeper/one.TTF"), "").unwrap();
        assert!(has_font(&empty, 6));
    }
}
