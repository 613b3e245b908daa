# A guest of one sector: says READY on the serial console and does what is typed there.
#   e: says ECHO      w: writes its disk over, again and again      q: switches itself off      r: restarts
        .code16
        ljmp    $0, $start
start:  xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        movw    $0x7c00, %sp
        movb    %dl, drive
        movw    $ready, %si
        call    say
next:   movw    $0x3fd, %dx
        inb     %dx, %al
        testb   $1, %al
        jz      next
        movw    $0x3f8, %dx
        inb     %dx, %al
        cmpb    $'e', %al
        je      echo
        cmpb    $'w', %al
        je      write
        cmpb    $'q', %al
        je      off
        cmpb    $'r', %al
        je      restart
        jmp     next
echo:   movw    $echoed, %si
        call    say
        jmp     next
off:    movw    $0x604, %dx             # where SeaBIOS puts the power management
        movw    $0x2000, %ax
        outw    %ax, %dx
        jmp     off
restart:
        movb    $0xfe, %al
        outb    %al, $0x64
        jmp     restart
write:  movw    $packet, %si
        movb    drive, %dl
        movw    $0x4300, %ax
        int     $0x13
        jc      failed
        addl    $64, sector
        jmp     write
failed: movw    $error, %si
        call    say
        jmp     next
say:    lodsb
        testb   %al, %al
        jz      said
        movb    %al, %bl
wait:   movw    $0x3fd, %dx
        inb     %dx, %al
        testb   $0x20, %al
        jz      wait
        movb    %bl, %al
        movw    $0x3f8, %dx
        outb    %al, %dx
        jmp     say
said:   ret
ready:  .asciz  "READY\r\n"
echoed: .asciz  "ECHO\r\n"
error:  .asciz  "DISK ERROR\r\n"
drive:  .byte   0
packet: .byte   16, 0
        .word   64
        .word   0x7c00, 0
sector: .quad   64
        .org    510
        .word   0xaa55
