"""The embedded AWS on loopback: moto's services behind a front that corrects, counts, delays and refuses."""
