// Imported first: bench/join measures the direct join from here.
performance.mark("tafelrunde:first-line");
