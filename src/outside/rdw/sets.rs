//! The data sets of the register, their columns and what they were called before.

/// A data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataSet {
    /// Gekentekende voertuigen: one row for each plate.
    Vehicles,
    /// Meldingen keuringsinstantie: inspections of the last four years.
    Inspections,
    /// Geconstateerde gebreken: defects and advice of those inspections.
    Findings,
    /// Terugroep-actie status: recalls of a plate.
    Recalls,
    /// Terugroep-actie: what a recall is about.
    RecallActions,
}

/// A column that is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// Its name.
    pub name: &'static str,
    /// What else is read when it is not there: a copy in another form, or a name it had before.
    pub also: &'static [&'static str],
    /// Whether it stands in nearly every row, so that its absence from all of them means something.
    pub usual: bool,
}

const fn column(name: &'static str) -> Column {
    Column { name, also: &[], usual: true }
}

const fn rare(name: &'static str) -> Column {
    Column { name, also: &[], usual: false }
}

const fn dated(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, usual: true }
}

/// The columns by which rows are found and joined.
pub(super) const PLATE: &str = "kenteken";
pub(super) const REFERENCE: &str = "referentiecode_rdw";
pub(super) const REPORTED_ON: &str = "meld_datum_door_keuringsinstantie";
pub(super) const REPORTED_AT: &str = "meld_tijd_door_keuringsinstantie";

const VEHICLES: &[Column] = &[
    column(PLATE),
    column("merk"),
    column("handelsbenaming"),
    dated("datum_eerste_toelating", &["datum_eerste_toelating_dt"]),
    dated("datum_tenaamstelling", &["datum_tenaamstelling_dt"]),
    dated("vervaldatum_apk", &["vervaldatum_apk_dt"]),
    rare("openstaande_terugroepactie_indicator"),
    rare("tellerstandoordeel"),
];
const INSPECTIONS: &[Column] = &[
    column(PLATE),
    dated(REPORTED_ON, &["meld_datum_door_keuringsinstantie_dt"]),
    column(REPORTED_AT),
    column("soort_erkenning_omschrijving"),
    column("soort_melding_ki_omschrijving"),
    dated("vervaldatum_keuring", &["vervaldatum_keuring_dt"]),
];
const FINDINGS: &[Column] = &[
    column(PLATE),
    dated(REPORTED_ON, &["meld_datum_door_keuringsinstantie_dt"]),
    column(REPORTED_AT),
    column("gebrek_identificatie"),
];
const RECALLS: &[Column] = &[column(PLATE), column(REFERENCE), column("code_status")];
const RECALL_ACTIONS: &[Column] = &[
    column(REFERENCE),
    dated("publicatiedatum_rdw", &["publicatiedatum_rdw_dt"]),
    column("omschrijving_defect"),
    Column { name: "materi_le_gevolgen", also: &["materiele_gevolgen"], usual: false },
    rare("beschrijving_van_het_herstel"),
];

impl DataSet {
    /// All of them.
    pub const ALL: [DataSet; 5] = [
        DataSet::Vehicles,
        DataSet::Inspections,
        DataSet::Findings,
        DataSet::Recalls,
        DataSet::RecallActions,
    ];

    /// Its number at the register.
    pub fn id(self) -> &'static str {
        match self {
            DataSet::Vehicles => "m9d7-ebf2",
            DataSet::Inspections => "sgfe-77wx",
            DataSet::Findings => "a34c-vvps",
            DataSet::Recalls => "t49b-isb7",
            DataSet::RecallActions => "j9yg-7rg9",
        }
    }

    /// The columns that are read.
    pub(super) fn columns(self) -> &'static [Column] {
        match self {
            DataSet::Vehicles => VEHICLES,
            DataSet::Inspections => INSPECTIONS,
            DataSet::Findings => FINDINGS,
            DataSet::Recalls => RECALLS,
            DataSet::RecallActions => RECALL_ACTIONS,
        }
    }

    /// The column that holds what is asked about.
    pub(super) fn key(self) -> &'static str {
        if self == DataSet::RecallActions { REFERENCE } else { PLATE }
    }

    /// An order in which no two rows are equal: pages without one overlap (facts B.4).
    pub(super) fn order(self) -> &'static str {
        match self {
            DataSet::Vehicles => "kenteken",
            DataSet::Inspections => {
                "kenteken,meld_datum_door_keuringsinstantie,meld_tijd_door_keuringsinstantie,soort_melding_ki_omschrijving"
            }
            DataSet::Findings => {
                "kenteken,meld_datum_door_keuringsinstantie,meld_tijd_door_keuringsinstantie,gebrek_identificatie"
            }
            DataSet::Recalls => "kenteken,referentiecode_rdw",
            DataSet::RecallActions => "referentiecode_rdw",
        }
    }

    /// Rows of a page: far more than a hundred plates have; a full page is followed by another.
    pub(super) fn page(self) -> usize {
        match self {
            DataSet::Vehicles | DataSet::RecallActions => 1000,
            DataSet::Recalls => 2000,
            DataSet::Inspections => 5000,
            DataSet::Findings => 10_000,
        }
    }
}
