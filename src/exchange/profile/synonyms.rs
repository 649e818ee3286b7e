//! What other systems call our files and columns: Dutch, German, Brazilian Portuguese and English.
//!
//! Written as `key` leaves it: small letters without accents, without blanks and signs. The same name
//! can mean different things in different files, so each file has its own list.

use crate::domain::text::folded;

/// A header, file name or word as it is compared.
pub(super) fn key(text: &str) -> String {
    folded(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// A file of ours: its name, what other systems call it, and what they call its columns.
pub(super) struct Names {
    /// Our file.
    pub(super) file: &'static str,
    /// Parts of file names.
    pub(super) called: &'static [&'static str],
    /// Our column, and the headers that mean it, blank between them.
    pub(super) columns: &'static [(&'static str, &'static str)],
}

const PLATE: (&str, &str) = (
    "plate",
    "kenteken kentekennr kentekennummer kent kennzeichen kfzkennzeichen amtlicheskennzeichen amtlkennzeichen pkz \
     polkennzeichen placa placaveiculo placadoveiculo plate platenumber licenseplate licenceplate licenseplatenumber \
     registration registrationnumber regno numberplate vehicleplate kentekenvoertuig",
);
const CUSTOMER: (&str, &str) = (
    "customer",
    "klant klantnr klantnummer klantcode klantid relatie relatienr relatienummer relatiecode debiteur debiteurnr \
     debiteurnummer debiteurcode eigenaar eigenaarnr berijder kunde kundennr kundennummer kundenid kdnr debitor debitornr \
     debitorennummer halter halternr cliente codcliente codigocliente codigodocliente idcliente customer customerid \
     customerno customernumber customercode clientid clientno accountno accountnumber",
);
const TOTAL: (&str, &str) = (
    "total_incl_vat",
    "totaal totaalbedrag totaalincl totaalinclbtw totaalinclusiefbtw bedrag bedragincl bedraginclbtw bedraginclusiefbtw \
     factuurbedrag gesamt gesamtbetrag brutto bruttobetrag rechnungsbetrag betrag betragbrutto summe summebrutto \
     endbetrag total valortotal valor valorbruto totalgeral totalincl totalinclvat totalinclusivevat totalamount \
     grandtotal amount grossamount gross invoicetotal",
);

/// All files that can be guessed.
pub(super) const FILES: [Names; 10] = [
    Names {
        file: "employees.csv",
        called: &[
            "medewerker",
            "personeel",
            "mitarbeiter",
            "personal",
            "funcionario",
            "colaborador",
            "employee",
            "staff",
        ],
        columns: &[
            (
                "code",
                "medewerkernr medewerkernummer medewerkercode personeelsnr personeelsnummer code kuerzel kurzzeichen \
              mitarbeiternr mitarbeiternummer personalnummer personalnr matricula codfuncionario employeeid employeeno \
              employeenumber staffid initialen initials",
            ),
            (
                "name",
                "naam medewerker medewerkernaam name mitarbeiter nome nomefuncionario employee employeename fullname",
            ),
            ("active", "actief aktiv ativo active indienst"),
        ],
    },
    Names {
        file: "customers.csv",
        called: &[
            "klant", "relatie", "debiteur", "kunde", "debitor", "cliente", "customer", "client", "contact",
        ],
        columns: &[
            (
                "code",
                "klantnr klantnummer klantcode klantid relatienr relatienummer relatiecode relatieid debiteurnr \
              debiteurnummer debiteurcode kundennr kundennummer kundenid kdnr debitornr debitorennummer codcliente \
              codigocliente codigodocliente idcliente customerid customerno customernumber customercode clientid clientno \
              accountno accountnumber code codigo nummer nr",
            ),
            (
                "kind",
                "klantsoort soortklant relatiesoort typeklant klanttype kundenart kundentyp kundengruppe tipocliente \
              tipodecliente tipopessoa customertype customerkind",
            ),
            (
                "salutation",
                "aanhef aanspreektitel aanspreking titel anrede briefanrede tratamento saudacao salutation title",
            ),
            (
                "first_name",
                "voornaam voornamen voorletters roepnaam vorname vornamen prenome primeironome firstname givenname \
              forename initials",
            ),
            (
                "name",
                "naam achternaam familienaam klantnaam relatienaam nachname familienname zuname name kundenname nome \
              sobrenome nomecompleto nomecliente nomedocliente lastname surname familyname customername fullname",
            ),
            (
                "company",
                "bedrijf bedrijfsnaam firma firmanaam organisatie firmenname unternehmen empresa razaosocial \
              nomefantasia company companyname organisation organization businessname",
            ),
            (
                "street",
                "adres straat straatnaam straathuisnummer straatenhuisnummer adresregel1 strasse strassehausnr \
              strasseundhausnummer strassenr anschrift adresse endereco rua logradouro street address address1 \
              addressline1 streetaddress",
            ),
            ("postcode", "postcode pc zip plz postleitzahl cep codigopostal postalcode zipcode"),
            ("city", "plaats woonplaats stad plaatsnaam ort stadt wohnort cidade municipio city town place"),
            ("country", "land landcode laendercode pais country countrycode"),
            (
                "phone",
                "telefoon telefoonnr telefoonnummer tel telnr telefoonprive telefoonthuis telefoonvast telefoon1 telefon \
              telefonnr telefonnummer telefonprivat festnetz telefone fone telefonefixo telefoneresidencial phone \
              phonenumber telephone homephone landline phone1",
            ),
            (
                "mobile",
                "mobiel mobielnr mobielnummer mobieltelefoon gsm gsmnummer telefoonmobiel mobil mobilnr mobilnummer \
              mobiltelefon handy handynr handynummer celular telefonecelular telemovel whatsapp mobile mobilenumber \
              mobilephone cell cellphone",
            ),
            (
                "email",
                "email emailadres mail mailadres emailprive emailadresse mailadresse enderecoemail correioeletronico \
              emailaddress mailaddress email1",
            ),
            ("language", "taal taalcode sprache sprachcode idioma lingua language languagecode"),
            (
                "tax_id",
                "btwnr btwnummer btwid btwidentificatienummer ustid ustidnr steuernummer umsatzsteuerid cpf cnpj cpfcnpj \
              vatnumber vatno vatid taxid taxnumber",
            ),
            (
                "coc_id",
                "kvk kvknr kvknummer handelsregister handelsregisternummer hrnummer hrb inscricaoestadual cocnumber \
              chamberofcommerce companynumber",
            ),
            (
                "contact_allowed",
                "magbenaderd contacttoegestaan benaderbaar kontakterlaubt werbeerlaubnis werbungerlaubt \
              permitecontato aceitacontato contactallowed maycontact optin",
            ),
            (
                "notes",
                "opmerking opmerkingen notitie notities memo bemerkung bemerkungen notiz notizen anmerkung observacao \
              observacoes obs notas notes remarks comment comments",
            ),
        ],
    },
    Names {
        file: "vehicles.csv",
        called: &["voertuig", "auto", "kenteken", "fahrzeug", "kfz", "veiculo", "carro", "vehicle", "car"],
        columns: &[
            PLATE,
            (
                "vin",
                "vin chassisnr chassisnummer vinnummer meldcode fahrgestellnr fahrgestellnummer fgstnr fin fahrzeugident \
              fahrzeugidentnr fahrzeugidentnummer chassi numerochassi numerodochassi chassisnumber vinnumber",
            ),
            (
                "make",
                "merk automerk marke hersteller fabrikat marca fabricante montadora make brand manufacturer",
            ),
            (
                "model",
                "model type modelnaam handelsbenaming modell typ fahrzeugtyp modelo model vehiclemodel",
            ),
            (
                "variant",
                "uitvoering variant versie ausfuehrung ausfuhrung modellvariante versao variante trim version",
            ),
            (
                "first_registered_on",
                "datum1etoelating datumeerstetoelating eerstetoelating datumdeel1 1etoelating bouwdatum \
              erstzulassung ez datumerstzulassung erstzulassungsdatum primeiroemplacamento dataprimeiroemplacamento \
              primeiralicenca dataprimeiroregistro firstregistration firstregistrationdate dateoffirstregistration \
              firstregistered",
            ),
            (
                "registered_on",
                "datumtenaamstelling tenaamstelling datumdeel1b zulassungaufhalter umschreibung \
              datumumschreibung datatransferencia dataregistro registrationdate registeredon keeperdate",
            ),
            (
                "inspection_expires_on",
                "apk apkdatum apkvervaldatum apkvervalt vervaldatumapk apktot apkgeldigtot datumapk \
              huau hu tuev tuv hufaellig hufallig naechstehu nachstehu hutermin tuevtermin tuvtermin tuevbis tuvbis \
              hudatum inspecao vencimentoinspecao validadeinspecao proximainspecao motdue motexpiry motexpirydate \
              inspectionexpires inspectionexpirydate inspectiondue inspectionvaliduntil",
            ),
            (
                "warranty_until",
                "garantie garantietot garantiedatum einddatumgarantie garantievervalt garantiebis garantieende \
              gewaehrleistungbis gewahrleistungbis garantia garantiaate fimgarantia vencimentogarantia warranty \
              warrantyuntil warrantyend warrantyexpires warrantyenddate",
            ),
            (
                "roadside_cover_until",
                "pechhulptot pechhulp mobiliteitsgarantie mobiliteitsgarantietot einddatumpechhulp \
              mobilitaetsgarantie mobilitatsgarantie mobilitaetsgarantiebis mobilitatsgarantiebis schutzbriefbis \
              assistencia24hate assistenciaate roadsideuntil roadsidecoveruntil roadsideassistanceuntil \
              breakdowncoveruntil",
            ),
            (
                "roadside_provider",
                "pechhulpdienst pechhulpverlener schutzbriefanbieter pannenhilfe seguradora \
              empresaassistencia roadsideprovider breakdownprovider",
            ),
            (
                "next_service_on",
                "volgendonderhoud volgendebeurt datumvolgendebeurt datumvolgendonderhoud onderhoudsdatum \
              naechsterservice nachsterservice naechsteinspektion nachsteinspektion servicetermin wartungstermin \
              proximarevisao dataproximarevisao nextservice nextservicedate servicedue serviceduedate",
            ),
            (
                "timing_belt_on",
                "distributieriem datumdistributieriem distributie distributieriemvervangen zahnriemen \
              zahnriemenwechsel zahnriementermin correiadentada trocacorreiadentada timingbelt timingbeltdate \
              timingbeltdue cambelt cambeltdue",
            ),
            (
                "service_interval_on",
                "serviceinterval intervaldatum serviceintervalldatum wartungsintervall intervaloservico \
              serviceintervaldate",
            ),
            (
                "repair_advice_on",
                "datumreparatieadvies reparatieadviesdatum reparaturempfehlungam datareparorecomendado \
              repairadvicedate",
            ),
            (
                "repair_advice",
                "reparatieadvies advies reparaturempfehlung empfehlung reparorecomendado recomendacao \
              repairadvice advice",
            ),
            ("cost_per_km", "kostenperkm kmkosten kostenprokm custoporkm costperkm"),
        ],
    },
    Names {
        file: "ownerships.csv",
        called: &["eigenaar", "eigendom", "halter", "proprietario", "owner", "ownership"],
        columns: &[
            PLATE,
            CUSTOMER,
            (
                "from_on",
                "vanaf eigenaarvanaf eigenaarsinds sinds datumvanaf begindatum datumtenaamstelling tenaamstelling ab von \
              halterseit besitzerseit seit datumumschreibung desde proprietariodesde dataaquisicao datacompra from fromdate \
              ownersince ownedsince since startdate",
            ),
            (
                "until_on",
                "tot eigenaartot totdatum einddatum bis halterbis besitzerbis ate proprietarioate datavenda until \
              untildate owneduntil enddate",
            ),
        ],
    },
    Names {
        file: "visits.csv",
        called: &[
            "bezoek",
            "werkorder",
            "werkplaats",
            "order",
            "besuch",
            "auftrag",
            "werkstatt",
            "visita",
            "ordem",
            "passagem",
            "visit",
            "workorder",
            "jobcard",
        ],
        columns: &[
            (
                "code",
                "werkordernr werkordernummer werkorder ordernr ordernummer bonnr bonnummer bezoeknr auftragsnr \
              auftragsnummer auftrag werkstattauftrag numeroos os ordemservico ordemdeservico numeroordem workorder \
              workorderno workordernumber jobno jobnumber jobcard visitid code nummer nr",
            ),
            PLATE,
            CUSTOMER,
            (
                "visited_on",
                "datum bezoekdatum werkorderdatum orderdatum datumin datumbezoek datumwerkorder auftragsdatum \
              besuchsdatum annahmedatum data dataos dataentrada dataservico datavisita date visitdate workorderdate jobdate \
              orderdate datein",
            ),
            (
                "odometer_km",
                "km kmstand kilometerstand kilometers tellerstand kilometer laufleistung tachostand quilometragem \
              kmatual hodometro odometer mileage odometerkm",
            ),
            (
                "description",
                "omschrijving werkzaamheden werkomschrijving klacht beschreibung arbeiten bezeichnung descricao \
              servico servicos reclamacao description work jobs complaint",
            ),
        ],
    },
    Names {
        file: "invoices.csv",
        called: &["factu", "rechnung", "fatura", "notafiscal", "invoice"],
        columns: &[
            (
                "number",
                "factuurnr factuurnummer factuur faktuurnummer rechnungsnr rechnungsnummer rechnung belegnr belegnummer \
              numeronota notafiscal numeronf nf numerofatura fatura invoiceno invoicenumber invoice invoiceid nummer nr",
            ),
            CUSTOMER,
            PLATE,
            (
                "invoiced_on",
                "factuurdatum datum datumfactuur rechnungsdatum belegdatum dataemissao dataemissaonf datafatura data \
              invoicedate date",
            ),
            TOTAL,
        ],
    },
    Names {
        file: "sales.csv",
        called: &["verkoop", "verkocht", "verkauf", "venda", "sale", "sold"],
        columns: &[
            (
                "number",
                "verkoopnr verkoopnummer verkoopordernr contractnr contractnummer verkaufsnr verkaufsnummer vertragsnr \
              kaufvertragsnr numerovenda contrato numerocontrato saleno salenumber saleid contractno contractnumber nummer nr",
            ),
            CUSTOMER,
            PLATE,
            (
                "sold_on",
                "verkoopdatum datumverkoop verkochtop afleverdatum leverdatum verkaufsdatum verkauftam auslieferung \
              auslieferungsdatum datavenda dataentrega saledate solddate soldon deliverydate datum data date",
            ),
            (
                "price",
                "prijs verkoopprijs bedrag preis verkaufspreis preco precovenda valor valorvenda price saleprice \
              sellingprice amount",
            ),
        ],
    },
    Names {
        file: "inspections.csv",
        called: &[
            "keuring",
            "apk",
            "pruefung",
            "hauptuntersuchung",
            "inspecao",
            "vistoria",
            "inspection",
            "mot",
        ],
        columns: &[
            PLATE,
            (
                "inspected_on",
                "keuringsdatum datumkeuring apkdatum datumapk gekeurdop datum pruefdatum prufdatum hudatum geprueftam \
              datainspecao datavistoria data inspectiondate inspectedon motdate testdate date",
            ),
            ("result", "resultaat uitslag ergebnis resultado result outcome"),
            (
                "advice",
                "advies adviezen adviescodes adviespunten empfehlungen hinweise maengel mangel recomendacoes advice \
              advisories advicecodes",
            ),
        ],
    },
    Names {
        file: "quotes.csv",
        called: &[
            "offerte",
            "aanbieding",
            "angebot",
            "kostenvoranschlag",
            "orcamento",
            "proposta",
            "quote",
            "quotation",
            "estimate",
        ],
        columns: &[
            (
                "number",
                "offertenr offertenummer offerte angebotsnr angebotsnummer angebot numeroorcamento orcamento \
              numeroproposta proposta quoteno quotenumber quote quoteid quotationno estimateno nummer nr",
            ),
            ("kind", "offertesoort soortofferte angebotsart tipoorcamento quotekind quotetype"),
            CUSTOMER,
            PLATE,
            (
                "issued_on",
                "offertedatum datumofferte angebotsdatum dataorcamento dataproposta quotedate issuedon issuedate datum \
              data date",
            ),
            (
                "valid_until",
                "geldigtot vervaldatum offertegeldigtot einddatum gueltigbis gultigbis validade validoate \
              datavalidade validuntil expirydate expires",
            ),
            TOTAL,
            ("status", "status offertestatus angebotsstatus situacao state"),
        ],
    },
    Names {
        file: "appointments.csv",
        called: &["afspra", "agenda", "planning", "termin", "agendamento", "appointment", "booking"],
        columns: &[
            (
                "number",
                "afspraaknr afspraaknummer afspraakid terminnr terminnummer terminid numeroagendamento idagendamento \
              agendamento appointmentno appointmentnumber appointmentid bookingid bookingno nummer nr id",
            ),
            ("kind", "afspraaksoort soortafspraak terminart tipoagendamento appointmenttype appointmentkind"),
            PLATE,
            CUSTOMER,
            (
                "starts_at",
                "begin start aanvang begintijd starttijd afspraakdatum datumtijd datum beginn startzeit terminbeginn \
              terminam inicio datahora datahorainicio dataagendamento starttime startsat begintime",
            ),
            (
                "ends_at",
                "eind einde eindtijd ende endzeit terminende fim termino datahorafim end endtime endsat",
            ),
            ("status", "status afspraakstatus terminstatus situacao state"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::noun::Noun;

    #[test]
    fn every_name_belongs_to_a_column_that_is_there_and_to_one_only() {
        for (names, noun) in FILES.iter().zip(Noun::ALL.iter().map(|noun| noun.file)) {
            assert!(FILES.iter().any(|names| names.file == noun), "{noun}");
            let noun = Noun::ALL.into_iter().find(|noun| noun.file == names.file).unwrap();
            let mut seen = std::collections::HashMap::new();
            for (column, synonyms) in names.columns {
                assert!(noun.place(column).is_some(), "{}: {column}", names.file);
                for synonym in synonyms.split_whitespace() {
                    assert_eq!(key(synonym), synonym);
                    if let Some(other) = seen.insert(synonym, *column) {
                        assert_eq!(other, *column, "{}: {synonym} is both", names.file);
                    }
                }
            }
        }
    }

    #[test]
    fn names_are_compared_without_accents_and_signs() {
        assert_eq!(key(" Datum 1e toelating "), "datum1etoelating");
        assert_eq!(key("Gültig-bis"), "gultigbis");
        assert_eq!(key("E-Mail Adresse"), "emailadresse");
        assert_eq!(key("Nº_Cliente"), "nºcliente");
    }
}
