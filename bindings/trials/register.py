"""register.py DOORS: a register of made-up addresses, a hundred doors to a street, as CSV."""

import sys

print("id,number,street,unit,city,postcode,lon,lat")
for door in range(int(sys.argv[1])):
    street, number = divmod(door, 100)
    lon, lat = -149.9 + number // 2 * 0.0002, -40 + street * 0.0008 + number % 2 * 0.0002
    print(f"{door + 1},{number + 1},{street + 1}. Made-up Street,,Madeupton,00000,{lon:.6f},{lat:.6f}")
