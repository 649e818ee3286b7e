//! Secrets: a password stands in the configuration or, better, in a file of its own.
//!
//! The file is read when the secret is needed, because the kiosk reads the same configuration and
//! must not need the right to read the mail password. Nothing prints a secret.

use std::fmt;
use std::path::{Path, PathBuf};

/// A password, key or token.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Secret {
    /// None given.
    #[default]
    None,
    /// Stands in the configuration.
    Text(String),
    /// Stands in this file.
    File(PathBuf),
}

/// Why a secret's file gives nothing.
#[derive(Debug, thiserror::Error)]
#[error("the secret {path} cannot be read: {cause}; check the path and who may read it")]
pub struct SecretError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub cause: std::io::Error,
}

impl Secret {
    /// A secret in a file. A relative path is a systemd credential when the service has one of that
    /// name, else it lies beside the configuration.
    pub(super) fn in_file(named: &Path, folder: &Path, credentials: Option<&Path>) -> Self {
        let credential = credentials.map(|credentials| credentials.join(named));
        match credential {
            Some(path) if named.is_relative() && path.exists() => Secret::File(path),
            _ => Secret::File(folder.join(named)),
        }
    }

    /// Whether one is configured.
    pub fn is_set(&self) -> bool {
        *self != Secret::None
    }

    /// The secret itself, without the line end of its file.
    ///
    /// # Errors
    /// [`SecretError`] when its file cannot be read.
    pub fn read(&self) -> Result<Option<String>, SecretError> {
        match self {
            Secret::None => Ok(None),
            Secret::Text(text) => Ok(Some(text.clone())),
            Secret::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(cause) => Err(SecretError { path: path.clone(), cause }),
            },
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::None => f.write_str("None"),
            Secret::Text(_) => f.write_str("Text(***)"),
            Secret::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_goes_before_a_file_beside_the_configuration_and_nothing_prints_it() {
        let folder = tempfile::tempdir().unwrap();
        let (beside, credentials) = (folder.path().join("etc"), folder.path().join("cred"));
        for (dir, text) in [(&beside, "beside\n"), (&credentials, "credential\r\n")] {
            std::fs::create_dir(dir).unwrap();
            std::fs::write(dir.join("mail"), text).unwrap();
        }
        let read = |named: &str, cred| Secret::in_file(Path::new(named), &beside, cred).read();
        assert_eq!(read("mail", Some(credentials.as_path())).unwrap().unwrap(), "credential");
        assert_eq!(read("mail", None).unwrap().unwrap(), "beside");
        let absolute = beside.join("mail");
        assert_eq!(read(absolute.to_str().unwrap(), Some(credentials.as_path())).unwrap().unwrap(), "beside");
        assert!(read("gone", None).unwrap_err().to_string().contains("gone cannot be read"));
        assert_eq!(format!("{:?}", Secret::Text("hush".to_owned())), "Text(***)");
        assert_eq!(Secret::None.read().unwrap(), None);
    }
}
