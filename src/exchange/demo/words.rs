//! Names and things of the invented shop. Nobody here exists: the mobile numbers lie in a range
//! that is not given out, the mail addresses in a domain that cannot exist.

/// How a person is addressed, with first names.
pub(super) const PEOPLE: [(&str, &[&str]); 2] = [
    (
        "De heer",
        &[
            "Jan", "Piet", "Ahmed", "Kees", "Daan", "Sjoerd", "Willem", "Ruben", "Mehmet", "Joost", "Bas",
            "Gijs", "Henk", "Luuk", "Tiago",
        ],
    ),
    (
        "Mevrouw",
        &[
            "Els", "Sanne", "Fatima", "Anouk", "Marijke", "Lotte", "Ingrid", "Zoë", "Eline", "Roos", "Wilma",
            "Noor", "Femke", "Inês", "Saskia",
        ],
    ),
];

/// Family names.
pub(super) const NAMES: &[&str] = &[
    "Jansen",
    "de Vries",
    "van den Berg",
    "Bakker",
    "Visser",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
    "Smits",
    "de Graaf",
    "van der Meer",
    "Kok",
    "Jacobs",
    "Vermeulen",
    "van den Heuvel",
    "van der Veen",
    "Schouten",
    "van Beek",
    "Willems",
    "Yılmaz",
    "El Amrani",
    "Kowalski",
    "Müller",
    "Silva",
    "Nguyen",
    "Özdemir",
    "Hoekstra",
    "Kuipers",
    "Postma",
];

/// What companies do.
pub(super) const TRADES: &[&str] = &[
    "Installatietechniek",
    "Schilderwerken",
    "Thuiszorg",
    "Koeriers",
    "Bouw",
    "Tuinen",
    "Taxi",
    "Schoonmaak",
    "Catering",
    "Bloemen",
    "Makelaardij",
    "Elektro",
    "Dakbedekking",
    "Verhuizingen",
];

/// Streets.
pub(super) const STREETS: &[&str] = &[
    "Stationsstraat",
    "Dorpsstraat",
    "Molenweg",
    "Kerkstraat",
    "Wilhelminalaan",
    "Beukenlaan",
    "Nijverheidsweg",
    "Havenkade",
    "Lindenhof",
    "Oranjestraat",
    "Schoolstraat",
    "Eikenlaan",
    "Parallelweg",
    "Zandpad",
    "Julianaplein",
];

/// Towns around the shop.
pub(super) const TOWNS: &[(&str, u32)] = &[
    ("Heerlen", 6411),
    ("Kerkrade", 6461),
    ("Landgraaf", 6371),
    ("Brunssum", 6441),
    ("Voerendaal", 6367),
    ("Hoensbroek", 6431),
    ("Nuth", 6361),
    ("Simpelveld", 6369),
];

/// Make, model, variants; `d` is a diesel, which has another inspection rhythm.
pub(super) const CARS: &[(&str, &str, &[&str])] = &[
    ("OPEL", "CORSA", &["1.2", "1.4 16V", "1.3 CDTI d"]),
    ("OPEL", "ASTRA", &["1.4 Turbo", "1.6", "1.7 CDTI d"]),
    ("VOLKSWAGEN", "GOLF", &["1.4 TSI", "1.6 TDI d", "GTE"]),
    ("VOLKSWAGEN", "POLO", &["1.2 TSI", "1.0"]),
    ("VOLKSWAGEN", "TRANSPORTER", &["2.0 TDI d"]),
    ("RENAULT", "CLIO", &["0.9 TCe", "1.5 dCi d", "1.2"]),
    ("RENAULT", "KANGOO", &["1.5 dCi d", "E-Tech"]),
    ("PEUGEOT", "208", &["1.2 PureTech", "e-208"]),
    ("PEUGEOT", "107", &["1.0"]),
    ("TOYOTA", "YARIS", &["1.0 VVT-i", "1.5 Hybrid"]),
    ("TOYOTA", "AYGO", &["1.0 VVT-i"]),
    ("TOYOTA", "PRIUS", &["1.8 Hybrid"]),
    ("FORD", "FIESTA", &["1.0 EcoBoost", "1.25"]),
    ("FORD", "FOCUS", &["1.0 EcoBoost", "1.6 TDCi d"]),
    ("FORD", "TRANSIT", &["2.0 TDCi d"]),
    ("KIA", "PICANTO", &["1.0 CVVT"]),
    ("KIA", "NIRO", &["1.6 GDi Hybrid", "EV"]),
    ("VOLVO", "V60", &["2.0 T3", "D4 d"]),
    ("SKODA", "OCTAVIA", &["1.4 TSI", "1.6 TDI d"]),
    ("BMW", "3-SERIE", &["320i", "318d d"]),
    ("MERCEDES-BENZ", "A-KLASSE", &["A 180", "A 200 d"]),
    ("TESLA", "MODEL 3", &["Long Range"]),
    ("FIAT", "500", &["1.2", "0.9 TwinAir"]),
    ("FIAT", "PANDA", &["1.2"]),
    ("CITROËN", "C3", &["1.2 PureTech"]),
    ("HYUNDAI", "I10", &["1.0"]),
    ("SUZUKI", "SWIFT", &["1.2"]),
    ("SEAT", "IBIZA", &["1.2 TSI"]),
    ("MAZDA", "MX-5", &["1.8"]),
    ("YAMAHA", "MT-07", &["ABS"]),
];

/// Work done at a visit, and what it costs in euros, from and to.
pub(super) const WORK: &[(&str, u32, u32)] = &[
    ("Kleine beurt", 120, 280),
    ("Grote beurt", 280, 650),
    ("APK-keuring", 35, 60),
    ("Banden vervangen", 180, 720),
    ("Remblokken en schijven", 220, 560),
    ("Distributieriem", 450, 980),
    ("Airco-service", 85, 160),
    ("Accu vervangen", 110, 240),
    ("Koppeling vervangen", 650, 1400),
    ("Uitlaat", 140, 480),
];

/// Repairs that were advised.
pub(super) const REPAIRS: &[&str] = &[
    "Voorbanden bijna op",
    "Remschijven voor",
    "Lekkage koppakking",
    "Schokdempers achter",
    "Ruit met sterretje",
    "Uitlaatdemper roest",
    "Draagarmrubbers",
    "Airco koelt niet",
];

/// Who gives roadside assistance.
pub(super) const ROADSIDE: &[&str] = &["ANWB", "Route Mobiel", "Merkgarantie", "Allianz"];

/// Remarks about a customer.
pub(super) const NOTES: &[&str] = &[
    "Belt liever na 17 uur",
    "Leenauto gewenst",
    "Let op: hond in de auto",
    "Betaalt per pin",
    "Wil altijd eerst een prijs\nen dan pas werk",
    "Vraagt naar \"de Jan\"",
];

/// Advice codes other than the two that have a rule.
pub(super) const OTHER_ADVICE: &[&str] = &["AC2", "AC3", "AC4", "AC7"];
