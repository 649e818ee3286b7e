RPI_EXTRA_CONFIG:append:balie-os = " \n[boot_partition=2]\ncmdline=cmdline-a.txt\n[boot_partition=3]\ncmdline=cmdline-b.txt\n[all]"
