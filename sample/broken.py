"""A small export with each kind of bad value once, to see what the import says of it."""

from pathlib import Path

FILES = {
    "clients.csv": """client_id;name;email;phone;kind;consent;channel;phone_consent;iban;iban_holder;created_on; haar
K1;Anna de Vries;anna@thuis.example;06-11111111;consument;yes;email;ja;NL91ABNA0417164300;A. de Vries;01-02-2020;rood
K2;Bas Bakker;bas@@thuis;06-22222222;consument;yes;email;nee;;;02-02-2020;
K3;Carlijn Smit;carlijn@thuis.example;;buurman;misschien;post;wellicht;NL00ABNA0417164300;;30-02-2020;
;Zonder nummer;niemand@thuis.example;;;;;;;;;
K5;;naamloos@thuis.example;;;;;;;;;
K1;Anna nog een keer;anna2@thuis.example;;;;;;;;;
K7;"Open aanhaling;open@thuis.example;;;;;;;;;
K8;Te weinig cellen
""",
    "projects.csv": """project_id;client_id;type;value_eur;ordered_on;delivered_on;built_year;monument
P1;K1;dakkapel;1.234,56;2025-01-10;2025-02-10;1931;ja
P2;K1;dakkapel;1.234;2025-01-10;2025-02-10;;
P3;K1;zolder;900;2025-01-10;2025-02-10;;
P4;K1;uitbouw;900;2025-03-10;2025-02-10;0;soms
P5;K99;uitbouw;900;2025-03-10;2025-04-10;;
P6;K1;uitbouw;-5;2025-03-10;2025-04-10;;
P7;K1;uitbouw;900;10/03/2025;2025-04-10;;
""",
    "quotes.csv": """quote_id,client_id,type,value_eur,sent_on,decided_on,decision
O1,K1,uitbouw,"1,200.50",2025-05-01,2025-05-12,maybe
O2,K1,uitbouw,1e3,2025-05-01,2025-05-12,rejected
""",
    "interactions.csv": """interaction_id,client_id,occurred_on,direction,channel
C1,K1,2025-06-01,omhoog,telefoon
""",
    "feedback.csv": """feedback_id,client_id,project_id,given_on,kind,score,negative,severity
F1,K1,P1,2025-03-01,nps,11,nee,minor
F2,K1,P99,2025-03-01,csat,7,nee,vreselijk
F3,K1,P1,2025-03-01,gevoel,7,nee,minor
""",
    "invoices.csv": """invoice_id,client_id,project_id,amount_eur,issued_on,due_on,paid_on
I1,K1,P1,veel,2025-03-01,2025-03-31,
I2,K1,P1,1089.00,2025-03-01,2025-03-31,gisteren
""",
    "referrals.csv": """referral_id,referrer_id,referred_client_id,referred_email,invited_on,signed_up_on
R1,K1,K98,geen adres,2025-04-01,
R2,K97,,,2025-04-01,
""",
    "suppressions.csv": """email,reason,since
kapot@,bounce,2025-01-01
weg@thuis.example,geen zin,2025-01-01
""",
}


def write_broken_sample(folder: Path) -> None:
    """Write an export of which the import can use a part and must tell the rest (its exit code is 3)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
